import { digestOf, newSecret } from '../../core/tokens/secret.js';

/** Prefix, 256 random bits, checksum: secret scanners find a leaked key without false alarms. */
const SHAPE = /^naz_([\w-]{43})([\w-]{6})$/;

export function newApiKey(): string {
  const secret = newSecret();
  return `naz_${secret}${checksumOf(secret)}`;
}

/** Whether a text has the form of a key. Other texts are refused without a query. */
export function looksLikeApiKey(text: string): boolean {
  const [, secret = '', checksum] = SHAPE.exec(text) ?? [];
  return checksum === checksumOf(secret);
}

function checksumOf(secret: string): string {
  return digestOf(secret).subarray(0, 4).toString('base64url');
}
