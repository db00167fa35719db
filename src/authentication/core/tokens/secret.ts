import { createHash, randomBytes } from 'node:crypto';

/** Makes a secret for a client: 256 random bits in base64url (OWASP ASVS 7.2.3). It is never stored in clear. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** The SHA-256 that the database holds. It is enough for 256 random bits, and does not use libuv's threads. */
export function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
