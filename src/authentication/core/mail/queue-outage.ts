import { performance } from 'node:perf_hooks';
import { Injectable, Logger } from '@nestjs/common';

/** Milliseconds between two lines about the same outage: the worker asks each second, for hours. */
const QUIET_MS = 60_000;

/** Says in the log that the queue cannot be read or written: at once, then every minute, and when it is over. */
@Injectable()
export class QueueOutage {
  private readonly logger = new Logger('MailQueue');
  private began: number | null = null;
  private told = -Infinity;
  private isTold = false;

  failed(error: unknown): void {
    const now = performance.now();
    this.began ??= now;
    if (now - this.told < QUIET_MS) return;
    this.told = now;
    this.isTold = true;
    const seconds = Math.round((now - this.began) / 1000);
    this.logger.warn({ event: 'mail_queue_failed', seconds, reason: reasonOf(error) });
  }

  /** Something was read or written. */
  over(): void {
    if (this.began === null) return;
    const seconds = Math.round((performance.now() - this.began) / 1000);
    if (this.isTold) this.logger.log({ event: 'mail_queue_recovered', seconds });
    this.began = null;
    this.isTold = false;
  }
}

/** The message of an error in one line. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/[\s\p{Cc}]+/gu, ' ').slice(0, 300) : 'unknown';
}
