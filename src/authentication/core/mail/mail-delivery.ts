import { Injectable, Logger } from '@nestjs/common';
import { MailComposer } from './mail-composer.js';
import { MailJobs } from './mail-jobs.js';
import type { QueuedMail } from './mail-queue.js';
import { MailTransport, RelayRefusal, UndeliverableMail } from './mail.js';
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
  ) {}

  /** @param stop aborted when the server stops: a mail that is not sent by then is given back, and counts no try */
  async attempt(job: QueuedMail, stop: AbortSignal): Promise<Ended> {
    try {
      const mail = stop.aborted ? null : await this.composer.compose(job);
      if (stop.aborted) return this.givenBack(job);
      if (mail !== null) await this.transport.send(mail, stop);
      return { isSent: true, write: () => this.jobs.done([job]) };
    } catch (error) {
      if (stop.aborted && !(error instanceof UndeliverableMail)) return this.givenBack(job);
      return this.failed(job, error);
    }
  }

  private givenBack(job: QueuedMail): Ended {
    return { isSent: false, write: () => this.jobs.handBack([job]) };
  }

  private failed(job: QueuedMail, error: unknown): Ended {
    const reason = reasonOf(error);
    const failure = { message: job.data.message, job: job.id, attempt: job.retryCount + 1, reason };
    if (error instanceof UndeliverableMail || job.retryCount >= job.retryLimit) {
      this.logger.error({ event: 'mail_undeliverable', ...failure });
      return { isSent: false, write: () => this.jobs.setAside(job, reason) };
    }
    if (error instanceof RelayRefusal) this.logger.error({ event: 'mail_relay_refused', ...failure });
    else this.logger.warn({ event: 'mail_failed', ...failure });
    return { isSent: false, write: () => this.jobs.tryAgain(job, reason) };
  }
}
