import { normalized } from '../unicode/bounded.js';
import { isWellFormed } from '../unicode/well-formed.js';

/** Code points (NIST SP 800-63B-4, 3.1.1.2: at least 64 must be accepted). A longer password is refused, not cut. */
export const PASSWORD_MAX_LENGTH = 256;

export interface PasswordContext {
  minLength: number;
  appName: string;
  /** the addresses that the password must not be made of */
  emails: readonly string[];
}

let common: ReadonlySet<string> | undefined;

/** Loads the list of common passwords. `passwordFault` needs it; a start, and a server that only signs in, do not. */
export async function loadCommonPasswords(): Promise<void> {
  if (common !== undefined) return;
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  common = new Set(dictionary['passwords-common'].map((password) => password.toLowerCase()));
}

const SEQUENCES = ['0123456789'.repeat(27), 'abcdefghijklmnopqrstuvwxyz'.repeat(11)];

/**
 * Gives a password the same bytes, whatever keyboard typed it (NIST SP 800-63B-4, 3.1.1.2).
 * @returns null for a text that is longer than any password
 */
export function normalizedPassword(password: string): string | null {
  return normalized(password, PASSWORD_MAX_LENGTH);
}

/**
 * Checks the length of a new password, and that it is not one that attackers try first. There are no composition rules
 * (OWASP ASVS 6.2.5). @returns the code of the fault, or null. @throws Error before `loadCommonPasswords` has ended
 */
export function passwordFault(password: string, context: PasswordContext): string | null {
  if (!isWellFormed(password)) return 'invalid';
  const text = normalizedPassword(password);
  if (text === null) return 'too_long';
  if ([...text].length < context.minLength) return 'too_short';
  return isGuessable(text.toLowerCase(), context) ? 'too_common' : null;
}

function isGuessable(text: string, context: PasswordContext): boolean {
  if (common === undefined) throw new Error('passwordFault() needs loadCommonPasswords() before');
  const unit = repeatedUnit(text);
  if (common.has(text) || common.has(unit) || [...unit].length <= 2 || isSequence(text)) return true;
  const names = [
    context.appName,
    ...context.emails.flatMap((email) => [email, email.split('@', 1)[0] ?? '']),
  ];
  // No password is made of a longer name: an address that comes with the password may be any text.
  const parts = names.flatMap((name) => normalized(name, PASSWORD_MAX_LENGTH)?.toLowerCase() ?? []);
  return parts.some((name) => isMadeOf(text, name));
}

/** The shortest text that gives this one when it is repeated: 'abcabc' → 'abc'. */
function repeatedUnit(text: string): string {
  const period = `${text}${text}`.indexOf(text, 1);
  return text.slice(0, period);
}

/** Whether the text is a run such as '123456789012345' or 'abcdefghijklmno', forwards or backwards. */
function isSequence(text: string): boolean {
  const backwards = [...text].reverse().join('');
  return SEQUENCES.some((run) => run.includes(text) || run.includes(backwards));
}

/** Whether the text is only the name, once or repeated, with digits and signs. Other words beside it are allowed. */
function isMadeOf(text: string, name: string): boolean {
  const letters = (value: string): string => value.replace(/[^\p{L}\p{N}]+/gu, '');
  const bare = letters(name);
  if (bare.length < 3) return false;
  const rest = letters(text).split(bare).join('');
  return rest !== letters(text) && !/\p{L}/u.test(rest);
}
