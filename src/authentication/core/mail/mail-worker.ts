import { setTimeout as pause } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { METRICS, type AuthenticationMetrics } from '../metrics/authentication-metrics.js';
import { MailComposer } from './mail-composer.js';
import { MailQueue, type QueuedMail } from './mail-queue.js';
import { MailTransport, UndeliverableMail } from './mail.js';

const BATCH = 8;
/** How often to look for mails of other instances; those of this instance wake the worker at once. */
const POLL_MS = 1000;
/** How often to renew the reservation of jobs: well below the 30 seconds that it lasts. */
const HOLD_MS = 10_000;

/** Sends the queued mails, each at least once: if the worker dies after the server's 250, the mail is sent again. */
@Injectable()
export class MailWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(MailWorker.name);
  private stopping = false;
  private nap = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly queue: MailQueue,
    private readonly composer: MailComposer,
    private readonly transport: MailTransport,
    @Inject(METRICS) private readonly metrics: AuthenticationMetrics,
  ) {}

  onApplicationBootstrap(): void {
    this.queue.onQueued(() => {
      this.nap.abort();
    });
    this.running = this.run();
  }

  /** Finishes the mails that are being sent; the others stay in the queue. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    this.nap.abort();
    await this.running;
    await this.queue.stop();
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      this.nap = new AbortController();
      const sent = await this.sendBatch().catch((error: unknown) => {
        this.logger.warn({ event: 'mail_queue_failed', reason: reasonOf(error) });
        return 0;
      });
      if (sent < BATCH) await pause(POLL_MS, undefined, { signal: this.nap.signal }).catch(() => undefined);
    }
  }

  private async sendBatch(): Promise<number> {
    const jobs = await this.queue.take(BATCH);
    const holding = setInterval(() => {
      this.queue.hold(jobs).catch((error: unknown) => {
        this.logger.warn({ event: 'mail_queue_failed', reason: reasonOf(error) });
      });
    }, HOLD_MS);
    try {
      await Promise.all(jobs.map((job) => this.deliver(job)));
    } finally {
      clearInterval(holding);
    }
    return jobs.length;
  }

  private async deliver(job: QueuedMail): Promise<void> {
    try {
      await this.send(job);
    } catch (error) {
      const failure = {
        message: job.data.message,
        job: job.id,
        attempt: job.retryCount + 1,
        reason: reasonOf(error),
        ...job.data.trace,
      };
      if (error instanceof UndeliverableMail || job.retryCount >= job.retryLimit) {
        this.metrics.mail?.('set_aside');
        this.logger.error({ event: 'mail_undeliverable', ...failure });
        await this.queue.setAside(job, reasonOf(error));
      } else {
        this.metrics.mail?.('failed');
        this.logger.warn({ event: 'mail_failed', ...failure });
        await this.queue.tryAgain(job, reasonOf(error));
      }
      return;
    }
    await this.queue.done(job);
  }

  private async send(job: QueuedMail): Promise<void> {
    const mail = await this.composer.compose(job);
    if (mail !== null) {
      await this.transport.send(mail);
      this.logger.log({ event: 'mail_sent', message: job.data.message, job: job.id, ...job.data.trace });
    }
    this.metrics.mail?.(mail === null ? 'skipped' : 'sent');
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\s+/g, ' ').slice(0, 300) : 'unknown';
}
