import { clientKey, type Client } from '../clients/client.js';
import type { AuthenticationMetrics } from '../metrics/authentication-metrics.js';
import { Overloaded } from '../problems/problems.js';
import { Turns } from './turns.js';

/** By whom a hash is counted. */
export type HashingClient = Pick<Client, 'ipAddress' | 'owner'>;

interface Holder {
  readonly key: string;
  /** how many hashes it may have at the same time, running or waiting */
  readonly share: number;
}

/**
 * Runs a few hashes at a time, keeps some waiting, and refuses the rest at once. Hashes share libuv's threads with DNS
 * lookups and file access, which waited 3.7 s behind 32 queued hashes.
 *
 * A client has at most a quarter of the queue, and clients take turns: one client that signed in to twelve accounts in a
 * loop made 18 of 20 sign-ins of others fail. The clients that the backends of one owner name count as one client when
 * turns are taken, and have half of the queue together, because a backend could name a new one for each request.
 */
export class HashingQueue {
  private running = 0;
  private waiting = 0;
  private readonly held = new Map<string, number>();
  private readonly turns = new Turns<() => void>();

  constructor(
    private readonly concurrency: number,
    private readonly maxWaiting: number,
    private readonly metrics: AuthenticationMetrics = {},
  ) {}

  /** How many hashes run and wait now. */
  get load(): { running: number; waiting: number } {
    return { running: this.running, waiting: this.waiting };
  }

  /** @throws Overloaded when the queue is full, or the client's share of it */
  async run<T>(client: HashingClient, work: () => Promise<T>): Promise<T> {
    const holders = this.holdersOf(client);
    if (this.isFullFor(holders)) {
      this.metrics.hashRefused?.();
      throw new Overloaded();
    }
    this.hold(holders, 1);
    const asked = performance.now();
    let begun = asked;
    try {
      await this.enter(client);
      begun = performance.now();
      return await work();
    } finally {
      this.hold(holders, -1);
      this.leave();
      this.metrics.hashed?.((begun - asked) / 1000, (performance.now() - begun) / 1000);
    }
  }

  private isFullFor(holders: readonly Holder[]): boolean {
    if (holders.some(({ key, share }) => this.heldBy(key) >= share)) return true;
    return this.running >= this.concurrency && this.waiting >= this.maxWaiting;
  }

  private async enter(client: HashingClient): Promise<void> {
    if (this.running < this.concurrency) {
      this.running += 1;
      return;
    }
    this.waiting += 1;
    const key = clientKey(client);
    await new Promise<void>((resolve) => {
      this.turns.add(client.owner ?? key, key, resolve);
    });
  }

  /** Gives the place to the next waiting hash without freeing it, so that no new one takes it first. */
  private leave(): void {
    const next = this.turns.next();
    if (next === undefined) {
      this.running -= 1;
      return;
    }
    this.waiting -= 1;
    next();
  }

  private holdersOf(client: HashingClient): Holder[] {
    const part = (parts: number): number => Math.max(1, Math.floor(this.maxWaiting / parts));
    const own = { key: clientKey(client), share: part(4) };
    return client.owner === undefined ? [own] : [own, { key: client.owner, share: part(2) }];
  }

  private heldBy(key: string): number {
    return this.held.get(key) ?? 0;
  }

  private hold(holders: readonly Holder[], change: 1 | -1): void {
    for (const { key } of holders) {
      const count = this.heldBy(key) + change;
      if (count === 0) this.held.delete(key);
      else this.held.set(key, count);
    }
  }
}
