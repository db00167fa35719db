import { argon2id, hash, needsRehash, verify } from 'argon2';
import type { HashingParameters } from '../settings/authentication.settings.js';
import type { PasswordHashing } from './password-hashing.js';

/**
 * argon2id (RFC 9106) with the parameters of the settings. `@node-rs/argon2` reads and writes the same PHC strings, so
 * you can use it instead, but it has no `needsRehash`.
 */
export class Argon2Hashing implements PasswordHashing {
  private readonly parameters: { memoryCost: number; timeCost: number; parallelism: number };

  constructor({ memoryCost, timeCost, parallelism }: HashingParameters) {
    this.parameters = { memoryCost, timeCost, parallelism };
  }

  hash(password: string): Promise<string> {
    return hash(password, { type: argon2id, ...this.parameters });
  }

  verify(digest: string, password: string): Promise<boolean> {
    return verify(digest, password);
  }

  isOutdated(digest: string): boolean {
    return needsRehash(digest, this.parameters);
  }
}
