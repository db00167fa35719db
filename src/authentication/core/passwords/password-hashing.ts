/** For the host's own way to hash, `forRoot({ hasher })`; null without one. */
export const OWN_PASSWORD_HASHING = Symbol('own password hashing');

/**
 * How passwords are hashed. A digest tells by itself how it was made, such as a PHC string. Passwords arrive in
 * Unicode's NFC, at most 256 code points: up to 1024 bytes, so a way that cuts them (bcrypt: at 72 bytes) must be
 * given something shorter, such as their SHA-256.
 */
export interface PasswordHashing {
  hash(password: string): Promise<string>;
  /** false, not an error, for a digest that it cannot read */
  verify(digest: string, password: string): Promise<boolean>;
  /** whether a digest should be made anew at the next sign-in (OWASP ASVS 11.4.2) */
  isOutdated?(digest: string): boolean;
}
