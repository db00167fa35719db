import { createHash } from 'node:crypto';
import { normalizedPassword } from '../../core/passwords/password-policy.js';

/** For the whole answer, its body too: somebody waits for it. */
const PATIENCE_MS = 2000;
/** Ten times a padded range. */
const MAX_BYTES = 1_048_576;
/** The rest of a hash, and how often it was found. `$` holds before CR LF too. */
const LINE = /^([0-9a-f]{35}):(\d+)$/gim;

/** No range was to be had. The message is the reason, for the log: it never holds what was asked. */
export class NoRange extends Error {
  override readonly name = 'NoRange';
}

/**
 * The range API of Have I Been Pwned, or a mirror of it (https://haveibeenpwned.com/API/v3#PwnedPasswords). It learns
 * five characters of a SHA-1, which a thousand breached passwords have in common (k-anonymity).
 */
export class BreachRanges {
  /** @param base without a trailing slash */
  constructor(private readonly base: string) {}

  /** @throws NoRange */
  async hold(password: string): Promise<boolean> {
    const hash = createHash('sha1').update(normalizedPassword(password)).digest('hex').toUpperCase();
    const lines = [...(await this.range(hash.slice(0, 5))).matchAll(LINE)];
    if (lines.length === 0) throw new NoRange('unreadable');
    const found = lines.filter(([, rest = '']) => rest.toUpperCase() === hash.slice(5));
    // A count of 0 is padding: it hides the range from who counts the bytes of the answer.
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

/** Counted as it comes, after decompression: what is too large is never held. */
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

/** `ECONNREFUSED`, `TimeoutError` and the like: the message of fetch itself says nothing. */
function reasonOf(error: unknown): string {
  const { name, cause } = error as Error & { cause?: NodeJS.ErrnoException };
  return cause?.code ?? cause?.message ?? name;
}
