import { setTimeout as pause } from 'node:timers/promises';

/** How old an answer may be. So many scrapes in that time ask only once. */
const FRESH_MS = 5000;
/** A scrape does not wait longer for it. */
const PATIENCE_MS = 1000;

/**
 * The answer to a question that costs something: asked again when it is old, one question at a time.
 * @returns null while there is no answer: it failed, or takes too long
 */
export class Recent<T> {
  private answer: T | null = null;
  private answeredAt = -Infinity;
  private asking: Promise<void> | null = null;

  constructor(
    private readonly ask: () => Promise<T>,
    private readonly freshMs = FRESH_MS,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  async read(): Promise<T | null> {
    if (performance.now() - this.answeredAt < this.freshMs) return this.answer;
    this.asking ??= this.answered();
    const inTime = this.asking.then(() => true);
    const isAnswered = await Promise.race([inTime, pause(this.patienceMs, false, { ref: false })]);
    return isAnswered ? this.answer : null;
  }

  private async answered(): Promise<void> {
    this.answer = await this.ask().catch(() => null);
    this.answeredAt = performance.now();
    this.asking = null;
  }
}
