import { Overloaded } from '../problems/problems.js';

/**
 * Runs a few hashes at a time, keeps some waiting, and refuses the rest at once. Hashes share libuv's threads with DNS
 * lookups and file access, which waited 3.7 s behind 32 queued hashes.
 */
export class HashingQueue {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly concurrency: number,
    private readonly maxWaiting: number,
  ) {}

  /** @throws Overloaded when the queue is full */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.enter();
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  private async enter(): Promise<void> {
    if (this.running < this.concurrency) {
      this.running += 1;
      return;
    }
    if (this.waiting.length >= this.maxWaiting) throw new Overloaded();
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Gives the place to the next waiting hash without freeing it, so that no new one takes it first. */
  private leave(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.running -= 1;
    else next();
  }
}
