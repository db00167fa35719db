import { setTimeout as pause } from 'node:timers/promises';

type Look<T> = T | null | undefined | false;

/** Calls `look` until it returns a value. @throws Error after `patienceMs` milliseconds */
export async function until<T>(look: () => Look<T> | Promise<Look<T>>, patienceMs = 30_000): Promise<T> {
  for (const end = Date.now() + patienceMs; Date.now() < end;) {
    const seen = await look();
    if (seen !== null && seen !== undefined && seen !== false) return seen;
    await pause(20);
  }
  throw new Error(`it did not happen within ${patienceMs} ms`);
}
