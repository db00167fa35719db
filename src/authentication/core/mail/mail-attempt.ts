import { createHmac } from 'node:crypto';
import type { EntityManager } from 'typeorm';

/** One try to write a mail. All tries of a job share what they issue: one secret, one row, one event. */
export class MailAttempt {
  private admitted: Promise<boolean> | null = null;

  constructor(
    readonly jobId: string,
    /**
     * False when an earlier try has written the mail. What it issued and is gone by now was used or revoked, and is not
     * issued again.
     */
    readonly isFirst: boolean,
    /** of the transaction in which the mail is written; do not use another connection in it */
    readonly manager: EntityManager,
    private readonly key: Buffer,
    private readonly count: () => Promise<boolean>,
  ) {}

  /**
   * Counts a limited mail, once for all tries. Ask when it is certain that there is a mail, and before anything is
   * issued for it. @returns false for one too many
   */
  admit(): Promise<boolean> {
    return (this.admitted ??= this.count());
  }

  /**
   * 256 bits that every try derives again, and nobody can without the key. The label keeps two secrets of one mail apart,
   * and all of them from other uses of the key.
   */
  derive(label: string): Buffer {
    return createHmac('sha256', this.key).update(`mail ${label} ${this.jobId}`).digest();
  }

  /** `derive`, as a link holds it. */
  secret(label: string): string {
    return this.derive(label).toString('base64url');
  }
}
