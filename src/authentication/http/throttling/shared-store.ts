import { Logger } from '@nestjs/common';
import type { Redis, RedisOptions } from 'ioredis';

/** After this time a request does not wait for Redis any longer. */
const PATIENCE_MS = 500;
const RETRY_MS = 1000;
const OPTIONS: RedisOptions = {
  lazyConnect: true,
  connectTimeout: 2000,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  commandTimeout: PATIENCE_MS,
  retryStrategy: () => RETRY_MS,
};

/**
 * A Redis that may be left out. When it has not answered once, no request waits for it any longer: it is asked aside,
 * once a second, until it answers.
 */
export class SharedStore {
  private client: Redis | undefined;
  /** true until it answers again */
  isLeftOut = false;
  private readonly logger = new Logger('ThrottleStorage');
  private retrying: NodeJS.Timeout | undefined;

  constructor(private readonly url: string) {}

  /** Loads the client of Redis. Does not fail if Redis cannot be reached: the client keeps trying to connect. */
  async open(): Promise<void> {
    const { Redis } = await import('ioredis');
    this.client = new Redis(this.url, OPTIONS);
    this.client.on('error', (error: Error) => this.leaveOut(error));
    const late = new Promise<never>((_resolve, reject) => {
      setTimeout(() => reject(new Error('no answer')), 2 * PATIENCE_MS).unref();
    });
    await Promise.race([this.redis.connect(), late]).catch((error: unknown) => this.leaveOut(error));
  }

  get redis(): Redis {
    if (this.client === undefined) throw new Error('the store is not open');
    return this.client;
  }

  close(): void {
    clearInterval(this.retrying);
    this.client?.disconnect();
  }

  /** @returns null while Redis is left out, and when it does not answer in time */
  async ask<T>(question: () => Promise<T>): Promise<T | null> {
    if (this.isLeftOut) return null;
    try {
      return await question();
    } catch (error) {
      this.leaveOut(error);
      return null;
    }
  }

  private leaveOut(error: unknown): void {
    if (this.isLeftOut) return;
    this.isLeftOut = true;
    const { message: reason } = error as Error;
    this.logger.warn({ event: 'throttle_store_gone', reason, now: 'local counters' });
    this.retrying = setInterval(() => void this.retry(), RETRY_MS);
    this.retrying.unref();
  }

  private async retry(): Promise<void> {
    const { status } = this.redis;
    try {
      await this.redis.ping();
    } catch {
      // A connection that is open and silent may be half of one that is long gone: it is made anew.
      if (status === 'ready' || status === 'connect') this.redis.disconnect(true);
      return;
    }
    if (!this.isLeftOut) return;
    clearInterval(this.retrying);
    this.isLeftOut = false;
    this.logger.log({ event: 'throttle_store_back' });
  }
}
