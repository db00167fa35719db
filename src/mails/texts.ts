import { KEPT_DAYS } from '../authentication/core/mail/job-rows.js';
import type { ListedMail, Requeued } from '../authentication/core/mail/mail-list.js';

const STATES = { waiting: 'waiting', sending: 'being sent', set_aside: 'set aside' } as const;

/** The list as a table, and a line that says how many there are. */
export function listText(mails: readonly ListedMail[]): string {
  if (mails.length === 0) return 'No mail waits, and none was set aside.\n';
  const heading = ['ID', 'STATE', 'MAIL', 'TO', 'AGE', 'TRIES', 'NEXT TRY', 'REASON'];
  const rows = [heading, ...mails.map(cells)];
  const widths = heading.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  const aside = mails.filter(({ state }) => state === 'set_aside').length;
  const count = `${mails.length - aside} waiting, ${aside} set aside (kept for ${KEPT_DAYS} days)`;
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n\n${count}\n`;
}

export function retryText({ queued, due }: Requeued, missing: readonly string[]): string {
  const lines = [
    `${queued.length} set aside: queued again`,
    `${due.length} waiting: tried now`,
    ...missing.map((id) => `${id}: no such mail waits or was set aside`),
  ];
  return `${lines.join('\n')}\n`;
}

function cells(mail: ListedMail): string[] {
  const wait = mail.next_try_seconds;
  return [
    mail.id,
    STATES[mail.state],
    plain(mail.message),
    plain(mail.address),
    duration(mail.age_seconds),
    String(mail.tries),
    wait === null ? '-' : wait === 0 ? 'now' : `in ${duration(wait)}`,
    plain(mail.reason ?? '-'),
  ];
}

/** A mail server wrote the reason: no control characters for the terminal. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}
