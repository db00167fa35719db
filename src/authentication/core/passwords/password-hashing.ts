import type { HashingParameters } from '../settings/authentication.settings.js';

/** Token of the host's own hashing, `forRoot({ hasher })`; provides null without one. */
export const OWN_PASSWORD_HASHING = Symbol('own password hashing');

/** Token of the hashing that is used: the host's own, or that of `HASHING` in `authentication.module.ts`. */
export const PASSWORD_HASHING = Symbol('password hashing');

export type PasswordHashingClass = new (parameters: HashingParameters) => PasswordHashing;

/**
 * Hashes and verifies passwords. A digest must contain its own parameters, as a PHC string does. Passwords are in
 * Unicode's NFC and have at most 256 code points, which is up to 1024 bytes. An algorithm that cuts its input (bcrypt:
 * at 72 bytes) must get something shorter, such as the SHA-256 of the password in base64.
 */
export interface PasswordHashing {
  hash(password: string): Promise<string>;
  /** returns false, rather than throwing, for a digest that it cannot read */
  verify(digest: string, password: string): Promise<boolean>;
  /** whether a digest must be made again at the next sign-in (OWASP ASVS 11.4.2) */
  isOutdated?(digest: string): boolean;
}
