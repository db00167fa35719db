/** The channel on which the triggers of our migration announce what was changed. */
export const CHANGES = 'authentication_session_changes';

/** What a change is about: `s12` is a session, `u5` a user. */
export type Subject = string;

export const ofSession = (id: number): Subject => `s${id}`;
export const ofUser = (id: number): Subject => `u${id}`;

/** Reads a note of the triggers, such as `s12,13`. @returns null for all, and for a note that is not understood */
export function subjectsOf(note: string): Subject[] | null {
  const [, kind = '', ids = ''] = /^([su])(\d+(?:,\d+)*)$/.exec(note) ?? [];
  return ids === '' ? null : ids.split(',').map((id) => kind + id);
}
