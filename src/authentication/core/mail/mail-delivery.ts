import { Inject, Injectable, Logger } from '@nestjs/common';
import { METRICS, type AuthenticationMetrics } from '../metrics/authentication-metrics.js';
import { MailComposer } from './mail-composer.js';
import { MailJobs } from './mail-jobs.js';
import type { QueuedMail } from './mail-queue.js';
import { MailTransport, RelayRefusal, UndeliverableMail, type Mail } from './mail.js';
import { reasonOf } from './queue-outage.js';

/** How a try ended. */
export interface Ended {
  readonly isSent: boolean;
  /** writes it into the queue; may be called again if it fails */
  readonly write: () => Promise<void>;
}

/** One try to send a mail, with its line in the log. */
@Injectable()
export class MailDelivery {
  private readonly logger = new Logger('MailWorker');

  constructor(
    private readonly jobs: MailJobs,
    private readonly composer: MailComposer,
    private readonly transport: MailTransport,
    @Inject(METRICS) private readonly metrics: AuthenticationMetrics,
  ) {}

  /** @param stop aborted when the server stops: a mail that is not sent by then is given back, and counts no try */
  async attempt(job: QueuedMail, stop: AbortSignal): Promise<Ended> {
    try {
      const mail = stop.aborted ? null : await this.composer.compose(job);
      if (stop.aborted) return this.givenBack(job);
      if (mail !== null) await this.send(mail, job, stop);
      this.metrics.mail?.(mail === null ? 'skipped' : 'sent');
      return { isSent: true, write: () => this.jobs.done([job]) };
    } catch (error) {
      if (stop.aborted && !(error instanceof UndeliverableMail)) return this.givenBack(job);
      return this.failed(job, error);
    }
  }

  private async send(mail: Mail, job: QueuedMail, stop: AbortSignal): Promise<void> {
    await this.transport.send(mail, stop);
    this.logger.log({ event: 'mail_sent', message: job.data.message, job: job.id, ...job.data.trace });
  }

  private givenBack(job: QueuedMail): Ended {
    return { isSent: false, write: () => this.jobs.handBack([job]) };
  }

  private failed(job: QueuedMail, error: unknown): Ended {
    const reason = reasonOf(error);
    const failure = {
      message: job.data.message,
      job: job.id,
      attempt: job.retryCount + 1,
      reason,
      ...job.data.trace,
    };
    if (error instanceof UndeliverableMail || job.retryCount >= job.retryLimit) {
      this.metrics.mail?.('set_aside');
      this.logger.error({ event: 'mail_undeliverable', ...failure });
      return { isSent: false, write: () => this.jobs.setAside(job, reason) };
    }
    this.metrics.mail?.('failed');
    if (error instanceof RelayRefusal) this.logger.error({ event: 'mail_relay_refused', ...failure });
    else this.logger.warn({ event: 'mail_failed', ...failure });
    return { isSent: false, write: () => this.jobs.tryAgain(job, reason) };
  }
}
