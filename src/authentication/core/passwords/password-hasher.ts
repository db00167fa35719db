import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { METRICS, type AuthenticationMetrics } from '../metrics/authentication-metrics.js';
import type { AuthenticationSettings } from '../settings/authentication.settings.js';
import { Settings } from '../settings/settings.js';
import { HashingQueue, type HashingClient } from './hashing-queue.js';
import { PASSWORD_HASHING, type PasswordHashing } from './password-hashing.js';
import { normalizedPassword } from './password-policy.js';

/** Hashes and verifies passwords, a few at a time. Never call it while you hold a database connection. */
@Injectable()
export class PasswordHasher implements OnModuleInit {
  private readonly queue: HashingQueue;
  private dummy = '';

  constructor(
    @Settings() { hashing: { concurrency, queue } }: AuthenticationSettings,
    @Inject(PASSWORD_HASHING) private readonly hashing: PasswordHashing,
    @Inject(METRICS) metrics: AuthenticationMetrics,
  ) {
    this.queue = new HashingQueue(concurrency, queue, metrics);
  }

  async onModuleInit(): Promise<void> {
    this.dummy = await this.hashing.hash('a password that nobody has');
  }

  /** How many hashes run and wait now. */
  get load(): { running: number; waiting: number } {
    return this.queue.load;
  }

  /** @param password that `passwordFault` accepts. @param client who asked, and waits in the queue. @throws Overloaded */
  hash(password: string, client: HashingClient): Promise<string> {
    const normal = normalizedPassword(password);
    if (normal === null) throw new RangeError('this password is too long');
    return this.queue.run(client, () => this.hashing.hash(normal));
  }

  /**
   * Without a digest it takes as long and returns false, so that an unknown user looks like a wrong password. So does a
   * text that is longer than any password: it is never hashed.
   * @param client who asked, and waits in the queue. @throws Overloaded
   */
  async verify(digest: string | null, password: string, client: HashingClient): Promise<boolean> {
    const normal = normalizedPassword(password);
    const matches = await this.queue.run(client, () =>
      this.hashing.verify(digest ?? this.dummy, normal ?? ''),
    );
    return matches && digest !== null && normal !== null;
  }

  /** Whether a digest was made with other parameters than today's, and must be made again (OWASP ASVS 11.4.2). */
  isOutdated(digest: string): boolean {
    return this.hashing.isOutdated?.(digest) ?? false;
  }
}
