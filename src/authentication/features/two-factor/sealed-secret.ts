import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A secret in clear, and whether the first key sealed it. If not, seal it again, so the older key can be removed. */
export interface OpenedSecret {
  readonly secret: Buffer;
  readonly isCurrent: boolean;
}

/**
 * Encrypts with AES-256-GCM. A key with random nonces of 96 bits may seal 2^32 secrets (NIST SP 800-38D, 8.3).
 * @param keys of 32 bytes; the first one encrypts
 * @param context binds the secret to its row: a copy in another user's row does not open
 * @returns nonce, tag and ciphertext
 */
export function sealSecret(secret: Buffer, keys: readonly Buffer[], context: string): Buffer {
  const [key] = keys;
  if (key === undefined) throw new Error('SECRET_KEY is not set, so secrets cannot be encrypted');
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(context));
  const text = Buffer.concat([cipher.update(secret), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]);
}

/** Tries every key in order, so that keys can be rotated. @throws Error when no key opens the secret */
export function openSecret(box: Buffer, keys: readonly Buffer[], context: string): OpenedSecret {
  for (const [index, key] of keys.entries()) {
    const secret = openedWith(key, box, context);
    if (secret !== null) return { secret, isCurrent: index === 0 };
  }
  throw new Error('no key in SECRET_KEY opens a stored secret: was an older key removed?');
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
