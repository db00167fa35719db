import { Injectable, type OnModuleInit } from '@nestjs/common';
import { argon2id, hash, needsRehash, verify } from 'argon2';
import type { AuthenticationSettings } from '../settings/authentication.settings.js';
import { Settings } from '../settings/settings.module.js';
import { Gate } from './gate.js';
import { normalizedPassword } from './password-policy.js';

/**
 * argon2id (RFC 9106) with the parameters of the settings. `@node-rs/argon2` reads and writes the same PHC strings:
 * swap the import to use it. Never call it while a database connection is held.
 */
@Injectable()
export class PasswordHasher implements OnModuleInit {
  private readonly gate: Gate;
  private readonly options: { type: 0 | 1 | 2; memoryCost: number; timeCost: number; parallelism: number };
  private dummy = '';

  constructor(@Settings() { hashing }: AuthenticationSettings) {
    const { memoryCost, timeCost, parallelism, concurrency, queue } = hashing;
    this.gate = new Gate(concurrency, queue);
    this.options = { type: argon2id, memoryCost, timeCost, parallelism };
  }

  async onModuleInit(): Promise<void> {
    this.dummy = await this.hash('a password that nobody has');
  }

  /** @throws Overloaded */
  hash(password: string): Promise<string> {
    return this.gate.pass(() => hash(normalizedPassword(password), this.options));
  }

  /** Without a digest it takes the same time and answers false: an unknown user looks like a wrong password. */
  async verify(digest: string | null, password: string): Promise<boolean> {
    const matches = await this.gate.pass(() => verify(digest ?? this.dummy, normalizedPassword(password)));
    return matches && digest !== null;
  }

  /** Whether the parameters were raised since (OWASP ASVS 11.4.2). */
  isOutdated(digest: string): boolean {
    const { memoryCost, timeCost, parallelism } = this.options;
    return needsRehash(digest, { memoryCost, timeCost, parallelism });
  }
}
