import type { Flags } from '../options.js';
import type { Plan } from '../plan/plan.js';

/** How the trial start ended. */
export interface Tried {
  result: 'works' | 'differs' | 'did not start' | 'not tried';
  /** where our routes are, below the address of the application; null if they were not found */
  path: string | null;
  message: string;
  /** what the application said last, if it did not start */
  lines: readonly string[];
}

export function notTried(reason: string): Tried {
  return { result: 'not tried', path: null, message: `Not tried: ${reason}`, lines: [] };
}

/** What was written stays, even if the trial itself fails. */
export async function triedStart(
  flags: Flags,
  { target, choices }: Plan,
  say: (text: string) => void,
): Promise<Tried> {
  if (!flags.try) return notTried('--no-try.');
  if (flags.skipInstall) return notTried('--skip-install. Packages may be missing.');
  try {
    // Loaded only now: it needs a database client.
    const { tryOut } = await import('./try-out.js');
    return await tryOut({ target, choices, project: choices.project, say });
  } catch (error) {
    return notTried(error instanceof Error ? error.message : String(error));
  }
}
