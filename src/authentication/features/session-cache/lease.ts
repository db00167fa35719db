import { randomBytes } from 'node:crypto';

/**
 * For how long the process may rely on what it has heard. It sends nonces to itself through the database. Once it hears
 * one, it has heard all that was committed before the nonce was sent. For a time after that moment it may rely on it;
 * so what was committed is never unknown for longer than this time, whatever the network does.
 */
export class Lease {
  private readonly sent = new Map<string, number>();
  /** when the newest nonce was sent that was heard */
  private provenAt = -Infinity;

  constructor(private readonly milliseconds: number) {}

  holds(now: number): boolean {
    return now - this.provenAt < this.milliseconds;
  }

  /** Called before the nonce is sent. Nobody else can guess it, and so make the lease longer. */
  nonce(now: number): string {
    const nonce = randomBytes(16).toString('hex');
    this.sent.set(nonce, now);
    return nonce;
  }

  hear(nonce: string): void {
    const at = this.sent.get(nonce);
    if (at === undefined) return;
    this.provenAt = at;
    // An older one that is heard later proves less.
    for (const [other, sentAt] of this.sent) if (sentAt <= at) this.sent.delete(other);
  }

  /** Nothing is relied on, and no nonce that was sent before counts. */
  end(): void {
    this.sent.clear();
    this.provenAt = -Infinity;
  }
}
