import { createHmac } from 'node:crypto';

/** No 0 and O, no 1, I and L: what one reads in a mail and types elsewhere. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const LENGTH = 8;

/**
 * 39.6 random bits (OWASP ASVS 6.5.3, 6.5.4). Enough against five guesses in ten minutes, and against nothing else.
 * @param random 32 bytes: four for a letter, so that none is preferred by more than one in a hundred million
 */
export function codeFrom(random: Buffer): string {
  const letters = Array.from({ length: LENGTH }, (_, index) => random.readUInt32BE(4 * index));
  return letters.map((number) => ALPHABET.charAt(number % ALPHABET.length)).join('');
}

/** A code as somebody typed it: in any case, with spaces or dashes. */
export function typedCode(text: string): string {
  return text.toUpperCase().replace(/[\s\p{Pd}]/gu, '');
}

/**
 * What the database holds of a code. Keyed: against a plain SHA-256, who reads the table could try all codes in minutes.
 * The label keeps it apart from other uses of the key, the id from other users.
 */
export function digestOfCode(key: Buffer, userId: number, code: string): Buffer {
  return createHmac('sha256', key).update(`passwordless ${userId} ${code}`).digest();
}
