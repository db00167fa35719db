import { createHmac } from 'node:crypto';
import type { EntityManager } from 'typeorm';

/** One try to write a mail. All tries of a job together issue one secret, one row and one event. */
export class MailAttempt {
  private admitted: Promise<boolean> | null = null;

  constructor(
    readonly jobId: string,
    /**
     * False when an earlier try has written the mail. If its token is gone by now, it was used or revoked: do not issue
     * it again.
     */
    readonly isFirst: boolean,
    /** of the transaction in which the mail is written; do not use another connection in it */
    readonly manager: EntityManager,
    private readonly key: Buffer,
    private readonly count: () => Promise<boolean>,
  ) {}

  /**
   * Counts a limited mail, once for all tries. Call it when it is certain that a mail must be sent, and before anything
   * is issued for it. @returns false when the limit is passed
   */
  admit(): Promise<boolean> {
    return (this.admitted ??= this.count());
  }

  /**
   * Derives 256 bits from the key, the same in every try. The label makes the secrets of one mail differ from each other
   * and from other uses of the key.
   */
  derive(label: string): Buffer {
    return createHmac('sha256', this.key).update(`mail ${label} ${this.jobId}`).digest();
  }

  /** The result of `derive` as base64url, for a link. */
  secret(label: string): string {
    return this.derive(label).toString('base64url');
  }
}
