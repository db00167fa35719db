import { Overloaded } from '../problems/problems.js';

/**
 * Lets a few in at a time, keeps some waiting, and turns the rest away at once. Hashes share libuv's pool with DNS
 * and files: behind 32 queued ones, those waited 3.7 s.
 */
export class Gate {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly concurrency: number,
    private readonly queue: number,
  ) {}

  /** @throws Overloaded when the queue is full */
  async pass<T>(work: () => Promise<T>): Promise<T> {
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
    if (this.waiting.length >= this.queue) throw new Overloaded();
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** The place is handed over rather than freed, so nobody slips in between. */
  private leave(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.running -= 1;
    else next();
  }
}
