import { hash, randomBytes } from 'node:crypto';

/** Makes a secret for a client: 256 random bits in base64url (OWASP ASVS 7.2.3). It is never stored in clear. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * The SHA-256 that the database holds. It is enough for 256 random bits, and does not use libuv's threads. By way of
 * text, because each authenticated request has one: Node makes a Buffer here in twice the time.
 */
export function digestOf(secret: string): Buffer {
  return Buffer.from(hash('sha256', secret, 'hex'), 'hex');
}
