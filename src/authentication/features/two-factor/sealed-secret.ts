import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A secret in clear, and whether the first key sealed it: one that did not is due to be sealed again. */
export interface OpenedSecret {
  readonly secret: Buffer;
  readonly isCurrent: boolean;
}

/**
 * Encrypts with AES-256-GCM (NIST SP 800-38D): nonce, tag, ciphertext. A random nonce of 96 bits is good for 2^32
 * secrets a key. `context` binds it to its row, so that a copy in another user's row does not open.
 * @param keys of 32 bytes: the first encrypts
 */
export function sealSecret(secret: Buffer, keys: readonly Buffer[], context: string): Buffer {
  const [key] = keys;
  if (key === undefined) throw new Error('SECRET_KEY is not set: nothing can be kept secret');
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(context));
  const text = Buffer.concat([cipher.update(secret), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]);
}

/** Tries every key, the first one first, so that keys can be rotated. @throws Error when none of them opens it */
export function openSecret(box: Buffer, keys: readonly Buffer[], context: string): OpenedSecret {
  for (const [index, key] of keys.entries()) {
    const secret = openedWith(key, box, context);
    if (secret !== null) return { secret, isCurrent: index === 0 };
  }
  throw new Error('no key of SECRET_KEY opens a secret that was sealed before: was a key taken out?');
}

function openedWith(key: Buffer, box: Buffer, context: string): Buffer | null {
  const nonce = box.subarray(0, NONCE_BYTES);
  const tag = box.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(context))
    .setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(box.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
  } catch {
    return null;
  }
}
