import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import type * as Package from 'rate-limiter-flexible';
import type { RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';
import { SharedStore } from './shared-store.js';

type ThrottleRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

interface Limiters {
  readonly local: RateLimiterAbstract;
  readonly shared: RateLimiterAbstract | null;
}

/** Counts requests per client, in memory or in a Redis that all instances share. While Redis fails, in memory. */
@Injectable()
export class ThrottleStorage implements ThrottlerStorage, OnModuleInit, OnApplicationShutdown {
  private readonly limiters = new Map<string, Limiters>();
  private readonly store: SharedStore | null;

  constructor(@Settings() { redisUrl }: AuthenticationSettings) {
    this.store = redisUrl === null ? null : new SharedStore(redisUrl);
  }

  async onModuleInit(): Promise<void> {
    await this.store?.open();
  }

  /** @param ttl milliseconds */
  async increment(
    key: string,
    ttl: number,
    limit: number,
    _block: number,
    name: string,
  ): Promise<ThrottleRecord> {
    const { local, shared } = await this.limitersOf(name, ttl, limit);
    const common = shared && (await this.store?.ask(() => consume(shared, key)));
    const result = common ?? (await consume(local, key));
    const seconds = Math.ceil(result.msBeforeNext / 1000);
    return {
      totalHits: result.consumedPoints,
      timeToExpire: seconds,
      isBlocked: result.consumedPoints > limit,
      timeToBlockExpire: seconds,
    };
  }

  /** Whether counters are in Redis now; null without REDIS_URL. False: in memory, until Redis answers again. */
  get isShared(): boolean | null {
    return this.store === null ? null : !this.store.isLeftOut;
  }

  onApplicationShutdown(): void {
    this.store?.close();
  }

  /** The package is loaded when the first request is counted: the start does not need it. */
  private async limitersOf(name: string, ttl: number, limit: number): Promise<Limiters> {
    return this.limiters.get(name) ?? this.make(await import('rate-limiter-flexible'), name, ttl, limit);
  }

  private make(
    { RateLimiterMemory, RateLimiterRedis }: typeof Package,
    name: string,
    ttl: number,
    limit: number,
  ): Limiters {
    // Another request may have made them while the package was loaded.
    const known = this.limiters.get(name);
    if (known !== undefined) return known;
    const budget = { keyPrefix: `authentication:${name}`, points: limit, duration: Math.ceil(ttl / 1000) };
    const limiters = {
      local: new RateLimiterMemory(budget),
      shared:
        this.store === null
          ? null
          : new RateLimiterRedis({ ...budget, storeClient: this.store.redis, rejectIfRedisNotReady: true }),
    };
    this.limiters.set(name, limiters);
    return limiters;
  }
}

/** The limiter rejects with a result when the budget is used up, and with an error when its store fails. */
async function consume(limiter: RateLimiterAbstract, key: string): Promise<RateLimiterRes> {
  try {
    return await limiter.consume(key);
  } catch (error) {
    if (error instanceof Error) throw error;
    return error as RateLimiterRes;
  }
}
