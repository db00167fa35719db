/** Token of the host's metrics, `forRoot({ metrics })`; provides an object without methods if there are none. */
export const METRICS = Symbol('authentication metrics');

/** What became of one try to send a mail. `skipped`: nothing was to be sent any more. */
export type MailResult = 'sent' | 'skipped' | 'failed' | 'set_aside';

/**
 * Is told what is worth counting or measuring. Give it to `forRoot({ metrics })`, with the methods that you need, and
 * count with your own library. A method must be quick, and must not throw: `guarded` runs for every authenticated
 * request. No argument holds an address, a user, a realm, a token or a path, so all of them can be labels.
 */
export interface AuthenticationMetrics {
  /**
   * Something that the log has a line for, such as `signed_in`, `sign_in_challenged`, `sign_in_failed`.
   * @param reason the code of the problem that was answered; for `throttled`, the name of the budget
   */
  outcome?(event: string, reason: string | null): void;
  /** A hash was computed. @param waited in the queue, in seconds. @param took in seconds */
  hashed?(waited: number, took: number): void;
  /** A hash was refused, because the queue or the client's share of it is full. */
  hashRefused?(): void;
  /** The guard has decided about a token. @param took in seconds */
  guarded?(took: number, accepted: boolean): void;
  /** One try to send a mail has ended. */
  mail?(result: MailResult): void;
}
