import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { Redis } from 'ioredis';
import {
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
  type RateLimiterAbstract,
} from 'rate-limiter-flexible';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';

type ThrottleRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

interface Limiters {
  readonly local: RateLimiterAbstract;
  readonly shared: RateLimiterAbstract | null;
}

/** After this time a request does not wait for Redis any longer, and is counted in memory. */
const PATIENCE_MS = 500;

/** Counts requests per client, in memory or in a Redis that all instances share. While Redis fails, in memory. */
@Injectable()
export class ThrottleStorage implements ThrottlerStorage, OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(ThrottleStorage.name);
  private readonly limiters = new Map<string, Limiters>();
  private readonly redis: Redis | null;
  private redisIsGone = false;

  constructor(@Settings() { redisUrl }: AuthenticationSettings) {
    this.redis = redisUrl === null ? null : this.connect(redisUrl);
  }

  /** Does not fail if Redis cannot be reached: its client keeps trying to connect. */
  async onModuleInit(): Promise<void> {
    await this.redis?.connect().catch(() => undefined);
  }

  /** @param ttl milliseconds */
  async increment(
    key: string,
    ttl: number,
    limit: number,
    _block: number,
    name: string,
  ): Promise<ThrottleRecord> {
    const { local, shared } = this.limitersOf(name, ttl, limit);
    const result = (shared && (await this.consumeShared(shared, key))) ?? (await consume(local, key));
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
    return this.redis === null ? null : !this.redisIsGone;
  }

  onApplicationShutdown(): void {
    this.redis?.disconnect();
  }

  /** @returns null when Redis cannot be reached, or does not answer in time */
  private async consumeShared(limiter: RateLimiterAbstract, key: string): Promise<RateLimiterRes | null> {
    try {
      const result = await consume(limiter, key);
      if (this.redisIsGone) this.logger.log({ event: 'throttle_store_back' });
      this.redisIsGone = false;
      return result;
    } catch (error) {
      this.noteGone(error);
      return null;
    }
  }

  private limitersOf(name: string, ttl: number, limit: number): Limiters {
    const known = this.limiters.get(name);
    if (known !== undefined) return known;
    const budget = { keyPrefix: `authentication:${name}`, points: limit, duration: Math.ceil(ttl / 1000) };
    const limiters = {
      local: new RateLimiterMemory(budget),
      shared:
        this.redis === null
          ? null
          : new RateLimiterRedis({ ...budget, storeClient: this.redis, rejectIfRedisNotReady: true }),
    };
    this.limiters.set(name, limiters);
    return limiters;
  }

  private connect(url: string): Redis {
    const redis = new Redis(url, {
      lazyConnect: true,
      connectTimeout: 2000,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: PATIENCE_MS,
    });
    redis.on('error', (error: Error) => {
      this.noteGone(error);
    });
    return redis;
  }

  private noteGone(error: unknown): void {
    if (this.redisIsGone) return;
    this.redisIsGone = true;
    const { message: reason } = error as Error;
    this.logger.warn({ event: 'throttle_store_gone', reason, now: 'local counters' });
  }
}

/** The limiter rejects with a result when the budget is used up, and with an error when its store fails. */
async function consume(limiter: RateLimiterAbstract, key: string): Promise<RateLimiterRes> {
  try {
    return await limiter.consume(key);
  } catch (error) {
    if (error instanceof RateLimiterRes) return error;
    throw error;
  }
}
