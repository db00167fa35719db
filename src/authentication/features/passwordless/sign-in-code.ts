import { createHmac } from 'node:crypto';

/** Without 0 and O, and without 1, I and L, which are confused when a code is typed from a mail. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const LENGTH = 8;

/**
 * 39.6 random bits (OWASP ASVS 6.5.4 requires at least 20). That is enough only because failures are counted.
 * @param random 32 bytes: four for each letter, so that no letter is more likely by over one in a hundred million
 */
export function codeFrom(random: Buffer): string {
  const letters = Array.from({ length: LENGTH }, (_, index) => random.readUInt32BE(4 * index));
  return letters.map((number) => ALPHABET.charAt(number % ALPHABET.length)).join('');
}

/**
 * The HMAC of a code, for the database. An attacker who reads the table could try all codes against a plain SHA-256 in
 * minutes. The label keeps it apart from other uses of the key, the id from codes of other users.
 */
export function digestOfCode(key: Buffer, userId: number, code: string): Buffer {
  return createHmac('sha256', key).update(`passwordless ${userId} ${code}`).digest();
}
