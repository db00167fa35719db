import { createHash } from 'node:crypto';
import { normalizedPassword } from '../../core/passwords/password-policy.js';

/** For the whole answer including its body, because a user waits for it. */
const PATIENCE_MS = 2000;
/** About ten times the size of a padded range. */
const MAX_BYTES = 1_048_576;
/** The rest of a hash, and how often it was found. With the flag `m`, `$` also matches before CR LF. */
const LINE = /^([0-9a-f]{35}):(\d+)$/gim;

/** The service gave no range. The message is the reason, for the log; it never contains a part of the hash. */
export class NoRange extends Error {
  override readonly name = 'NoRange';
}

/**
 * The range API of Have I Been Pwned, or a mirror of it (https://haveibeenpwned.com/API/v3#PwnedPasswords). The service
 * learns only the first five characters of a SHA-1, which about a thousand breached passwords share (k-anonymity).
 */
export class BreachRanges {
  /** @param base without a trailing slash */
  constructor(private readonly base: string) {}

  /** @returns whether the password was found in a breach. @throws NoRange */
  async hold(password: string): Promise<boolean> {
    const normal = normalizedPassword(password);
    if (normal === null) return false;
    const hash = createHash('sha1').update(normal).digest('hex').toUpperCase();
    const lines = [...(await this.range(hash.slice(0, 5))).matchAll(LINE)];
    if (lines.length === 0) throw new NoRange('unreadable');
    const found = lines.filter(([, rest = '']) => rest.toUpperCase() === hash.slice(5));
    // A count of 0 is padding. It hides the range from an observer who sees the size of the answer.
    return found.some(([, , count]) => Number(count) > 0);
  }

  private async range(prefix: string): Promise<string> {
    try {
      const response = await fetch(`${this.base}/range/${prefix}`, {
        headers: { 'Add-Padding': 'true' },
        redirect: 'error',
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      if (response.status === 200) return await limitedText(response);
      await response.body?.cancel();
      throw new NoRange(`status ${response.status}`);
    } catch (error) {
      throw error instanceof NoRange ? error : new NoRange(reasonOf(error));
    }
  }
}

/** Counts the decompressed bytes as they arrive, so that a body that is too large is never kept in memory. */
async function limitedText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BYTES) throw new NoRange('too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('latin1');
}

/** Such as `ECONNREFUSED` or `TimeoutError`: the message of fetch itself does not give the reason. */
function reasonOf(error: unknown): string {
  const { name, cause } = error as Error & { cause?: NodeJS.ErrnoException };
  return cause?.code ?? cause?.message ?? name;
}
