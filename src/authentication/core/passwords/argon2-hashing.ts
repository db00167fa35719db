import { argon2id, hash, verify } from 'argon2';
import type { HashingParameters } from '../settings/authentication.settings.js';
import type { PasswordHashing } from './password-hashing.js';
import { isArgon2Digest, isOutdatedDigest } from './phc-string.js';

/** argon2id (RFC 9106) with the parameters of the settings, by the package `argon2`. */
export class Argon2Hashing implements PasswordHashing {
  private readonly parameters: { memoryCost: number; timeCost: number; parallelism: number };

  constructor({ memoryCost, timeCost, parallelism }: HashingParameters) {
    this.parameters = { memoryCost, timeCost, parallelism };
  }

  hash(password: string): Promise<string> {
    return hash(password, { type: argon2id, ...this.parameters });
  }

  async verify(digest: string, password: string): Promise<boolean> {
    return isArgon2Digest(digest) && (await verify(digest, password));
  }

  isOutdated(digest: string): boolean {
    return isOutdatedDigest(digest, this.parameters);
  }
}
