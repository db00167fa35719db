import type { Keep, SessionKeeper } from '../../sessions/kept-sessions.js';
import { RecentChanges } from './recent-changes.js';
import { Clocks } from './clocks.js';
import { KeptRows } from './kept-rows.js';
import { Lease } from './lease.js';
import { ofSession, ofUser, subjectsOf } from './session-change.js';
import type { SessionCacheSettings } from './session-cache.settings.js';

/**
 * Keeps rows of live sessions, and answers with them while its lease holds. A row is kept until something must be written
 * for its session, or it ends, and until a change of the session or its user is heard.
 */
export class SessionCache implements SessionKeeper {
  readonly lease: Lease;
  private readonly rows: KeptRows;
  private readonly changes = new RecentChanges();
  private readonly longest: number;

  constructor(
    { entries, seconds, leaseSeconds }: Pick<SessionCacheSettings, 'entries' | 'seconds' | 'leaseSeconds'>,
    private readonly clocks = new Clocks(),
  ) {
    this.rows = new KeptRows(entries);
    this.lease = new Lease(leaseSeconds * 1000);
    this.longest = seconds * 1000;
  }

  get size(): number {
    return this.rows.size;
  }

  /** Whether it may answer. */
  isTrusted(): boolean {
    if (this.clocks.parted()) this.distrust();
    return this.lease.holds(this.clocks.now());
  }

  of(digest: Buffer, realm: string): readonly unknown[] | undefined {
    return this.isTrusted() ? this.rows.at(keyOf(digest, realm), this.clocks.now()) : undefined;
  }

  /** A statement under way keeps nothing for the token either. */
  forget(digest: Buffer, realm: string): void {
    const key = keyOf(digest, realm);
    this.changes.note(key);
    this.rows.delete(key);
  }

  /** The time is noted before the statement is sent, so that the row is never kept for too long. */
  begin(digest: Buffer, realm: string): Keep | undefined {
    if (!this.isTrusted()) return undefined;
    const began = this.clocks.now();
    const { generation } = this.changes;
    const key = keyOf(digest, realm);
    return ({ row, sessionId, userId, seconds }) => {
      const subjects = [ofSession(sessionId), ofUser(userId)];
      if (this.changes.concern([...subjects, key], generation)) return;
      const until = began + Math.min(seconds * 1000, this.longest);
      if (until > this.clocks.now()) this.rows.keep(key, { row, subjects, until });
    };
  }

  /** A note of the triggers. */
  hear(note: string): void {
    const subjects = subjectsOf(note);
    if (subjects === null) {
      this.forgetAll();
      return;
    }
    for (const subject of subjects) {
      this.changes.note(subject);
      this.rows.remove(subject);
    }
  }

  /** A nonce to send to this process. */
  nonce(): string {
    if (this.clocks.parted()) this.distrust();
    return this.lease.nonce(this.clocks.now());
  }

  hearNonce(nonce: string): void {
    this.lease.hear(nonce);
  }

  /** Nothing is known for certain, until a nonce that is sent from now on is heard. */
  distrust(): void {
    this.lease.end();
    this.forgetAll();
  }

  private forgetAll(): void {
    this.changes.note(null);
    this.rows.clear();
  }
}

function keyOf(digest: Buffer, realm: string): string {
  return `${realm}${digest.toString('latin1')}`;
}
