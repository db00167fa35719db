import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { Redis } from 'ioredis';
import {
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
  type RateLimiterAbstract,
} from 'rate-limiter-flexible';
import type { AuthenticationSettings } from '../settings/authentication.settings.js';
import { Settings } from '../settings/settings.module.js';

type ThrottleRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/** Counts requests per client: in memory, or in Redis for all instances. Without Redis it counts on, alone. */
@Injectable()
export class ThrottleStorage implements ThrottlerStorage, OnApplicationShutdown {
  private readonly logger = new Logger(ThrottleStorage.name);
  private readonly limiters = new Map<string, RateLimiterAbstract>();
  private readonly redis: Redis | null;
  private redisIsGone = false;

  constructor(@Settings() { redisUrl }: AuthenticationSettings) {
    this.redis = redisUrl === null ? null : this.connect(redisUrl);
  }

  /** @param ttl milliseconds */
  async increment(
    key: string,
    ttl: number,
    limit: number,
    _block: number,
    name: string,
  ): Promise<ThrottleRecord> {
    const result = await this.limiter(name, ttl, limit).consume(key).catch(exceeded);
    const seconds = Math.ceil(result.msBeforeNext / 1000);
    return {
      totalHits: result.consumedPoints,
      timeToExpire: seconds,
      isBlocked: result.consumedPoints > limit,
      timeToBlockExpire: seconds,
    };
  }

  onApplicationShutdown(): void {
    this.redis?.disconnect();
  }

  private limiter(name: string, ttl: number, limit: number): RateLimiterAbstract {
    const known = this.limiters.get(name);
    if (known !== undefined) return known;
    const budget = { keyPrefix: `authentication:${name}`, points: limit, duration: Math.ceil(ttl / 1000) };
    const memory = new RateLimiterMemory(budget);
    const limiter =
      this.redis === null
        ? memory
        : new RateLimiterRedis({
            ...budget,
            storeClient: this.redis,
            rejectIfRedisNotReady: true,
            insuranceLimiter: memory,
          });
    this.limiters.set(name, limiter);
    return limiter;
  }

  private connect(url: string): Redis {
    const redis = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 500 });
    redis.on('error', (error: Error) => {
      if (!this.redisIsGone)
        this.logger.warn({ event: 'throttle_store_gone', reason: error.message, now: 'local counters' });
      this.redisIsGone = true;
    });
    redis.on('ready', () => {
      if (this.redisIsGone) this.logger.log({ event: 'throttle_store_back' });
      this.redisIsGone = false;
    });
    return redis;
  }
}

/** The limiter rejects with a result when the budget is spent, and with an error when it is broken. */
function exceeded(reason: unknown): RateLimiterRes {
  if (reason instanceof RateLimiterRes) return reason;
  throw reason;
}
