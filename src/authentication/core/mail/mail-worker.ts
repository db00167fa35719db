import { setTimeout as pause } from 'node:timers/promises';
import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { MailComposer } from './mail-composer.js';
import { MailJobs } from './mail-jobs.js';
import { MailQueue, type QueuedMail } from './mail-queue.js';
import { MailTransport, RelayRefusal, UndeliverableMail } from './mail.js';
import { QueueOutage, reasonOf } from './queue-outage.js';
import { Reservations } from './reservations.js';

const BATCH = 8;
/** How often to look for mails of other instances; those of this instance wake the worker at once. */
const POLL_MS = 1000;
/** How long a stop waits for mails that are being sent, and then for the database. */
const STOP_MS = 4000;
const LAST_WRITE_MS = 1000;
/** Milliseconds between two attempts to write how a mail ended. */
const WRITE_AGAIN_MS = { first: 100, longest: 1000 };

type End = () => Promise<void>;

/**
 * Sends the queued mails, each at least once: if the process is killed after the server's 250, the mail is sent again.
 * Nothing else sends a mail again: how it ended is written until the database has it.
 */
@Injectable()
export class MailWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(MailWorker.name);
  private readonly stop = new AbortController();
  private nap = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private isOver = false;
  /** the jobs that this worker has, and whether their mails were sent */
  private readonly mine = new Map<QueuedMail, { sent: boolean }>();

  constructor(
    private readonly queue: MailQueue,
    private readonly jobs: MailJobs,
    private readonly reservations: Reservations,
    private readonly composer: MailComposer,
    private readonly transport: MailTransport,
    private readonly outage: QueueOutage,
  ) {}

  onApplicationBootstrap(): void {
    this.queue.onQueued(() => {
      this.nap.abort();
    });
    this.reservations.start();
    this.running = this.run();
  }

  /** Cuts off the mails that are not sent as a whole, and gives them back: another instance sends them, or the next start. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    this.nap.abort();
    await within(STOP_MS, this.running);
    this.isOver = true;
    this.reservations.stop();
    await within(LAST_WRITE_MS, this.handOver());
    await this.queue.stop();
  }

  private async run(): Promise<void> {
    while (!this.stop.signal.aborted) {
      this.nap = new AbortController();
      const jobs = await this.take();
      await Promise.all(jobs.map((job) => this.deliver(job)));
      if (jobs.length < BATCH)
        await pause(POLL_MS, undefined, { signal: this.nap.signal }).catch(() => undefined);
    }
  }

  private async take(): Promise<QueuedMail[]> {
    try {
      const jobs = await this.queue.take(BATCH);
      this.outage.over();
      for (const job of jobs) this.mine.set(job, { sent: false });
      this.reservations.add(jobs.map(({ id }) => id));
      return jobs;
    } catch (error) {
      this.outage.failed(error);
      return [];
    }
  }

  private async deliver(job: QueuedMail): Promise<void> {
    const end = await this.send(job);
    await this.write(end);
    if (this.isOver) return;
    this.mine.delete(job);
    this.reservations.remove(job.id);
  }

  /** @returns what must be written about the job */
  private async send(job: QueuedMail): Promise<End> {
    const { signal } = this.stop;
    try {
      const mail = signal.aborted ? null : await this.composer.compose(job);
      if (signal.aborted) return () => this.jobs.handBack([job]);
      if (mail !== null) await this.transport.send(mail, signal);
      this.mine.set(job, { sent: true });
      return () => this.jobs.done([job]);
    } catch (error) {
      return this.failed(job, error);
    }
  }

  private failed(job: QueuedMail, error: unknown): End {
    const reason = reasonOf(error);
    const failure = { message: job.data.message, job: job.id, attempt: job.retryCount + 1, reason };
    const isFinal = error instanceof UndeliverableMail;
    // Cut off by the stop: that was no try.
    if (this.stop.signal.aborted && !isFinal) return () => this.jobs.handBack([job]);
    if (isFinal || job.retryCount >= job.retryLimit) {
      this.logger.error({ event: 'mail_undeliverable', ...failure });
      return () => this.jobs.setAside(job, reason);
    }
    if (error instanceof RelayRefusal) this.logger.error({ event: 'mail_relay_refused', ...failure });
    else this.logger.warn({ event: 'mail_failed', ...failure });
    return () => this.jobs.tryAgain(job, reason);
  }

  /** Writes until the database has it. Otherwise the mail would be sent again. */
  private async write(end: End): Promise<void> {
    for (let wait = WRITE_AGAIN_MS.first; !this.isOver; wait = Math.min(2 * wait, WRITE_AGAIN_MS.longest)) {
      try {
        await end();
        this.outage.over();
        return;
      } catch (error) {
        this.outage.failed(error);
        await pause(wait);
      }
    }
  }

  /** What could not be ended before the stop. */
  private async handOver(): Promise<void> {
    const left = [...this.mine];
    if (left.length === 0) return;
    const jobsOf = (isSent: boolean) => left.filter(([, { sent }]) => sent === isSent).map(([job]) => job);
    await Promise.all([this.jobs.done(jobsOf(true)), this.jobs.handBack(jobsOf(false))]).catch(
      (error: unknown) => {
        this.outage.failed(error);
      },
    );
  }
}

/** Waits for the promise, but not longer. */
async function within(milliseconds: number, promise: Promise<void>): Promise<void> {
  const timer = new AbortController();
  await Promise.race([
    promise,
    pause(milliseconds, undefined, { signal: timer.signal }).catch(() => undefined),
  ]);
  timer.abort();
}
