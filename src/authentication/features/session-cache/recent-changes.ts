import type { Subject } from './session-change.js';

/** How many changes are remembered. A statement that runs while more arrive keeps nothing. */
const REMEMBERED = 4096;

/**
 * Counts the changes, and remembers the last ones. Postgres announces a change only when other transactions see it. So a
 * row that was read without a change is either read before the change is heard, which this finds out, or kept before,
 * and then the change removes it.
 */
export class RecentChanges {
  private readonly ring: (Subject | null)[] = [];
  private count = 0;

  constructor(private readonly remembered = REMEMBERED) {}

  /** Grows with each change. */
  get generation(): number {
    return this.count;
  }

  /** @param subject null: anything may have changed */
  note(subject: Subject | null): void {
    this.ring[this.count % this.remembered] = subject;
    this.count += 1;
  }

  /** Whether one of the subjects may have changed since that generation. */
  concern(subjects: readonly Subject[], since: number): boolean {
    if (this.count - since > this.remembered) return true;
    for (let at = since; at < this.count; at += 1) {
      const subject = this.ring[at % this.remembered];
      if (subject === null || subject === undefined || subjects.includes(subject)) return true;
    }
    return false;
  }
}
