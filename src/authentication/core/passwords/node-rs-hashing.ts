import { hash, verify } from '@node-rs/argon2';
import type { HashingParameters } from '../settings/authentication.settings.js';
import type { PasswordHashing } from './password-hashing.js';
import { isArgon2Digest, isOutdatedDigest } from './phc-string.js';

/**
 * argon2id (RFC 9106) with the parameters of the settings, by the package `@node-rs/argon2`. That variant is its default;
 * its names for the variants are a `const enum`, which not every compiler can read.
 */
export class NodeRsHashing implements PasswordHashing {
  private readonly parameters: { memoryCost: number; timeCost: number; parallelism: number };

  constructor({ memoryCost, timeCost, parallelism }: HashingParameters) {
    this.parameters = { memoryCost, timeCost, parallelism };
  }

  hash(password: string): Promise<string> {
    return hash(password, this.parameters);
  }

  async verify(digest: string, password: string): Promise<boolean> {
    return isArgon2Digest(digest) && (await verify(digest, password));
  }

  isOutdated(digest: string): boolean {
    return isOutdatedDigest(digest, this.parameters);
  }
}
