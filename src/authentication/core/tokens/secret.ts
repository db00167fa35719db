import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits in base64url: what a client holds. It exists in clear once (OWASP ASVS 7.2.3). */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** SHA-256, which is all that the database holds. Enough for 256 random bits, and no work for libuv's pool. */
export function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
