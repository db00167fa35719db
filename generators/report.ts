import type { Plan } from './plan/plan.js';
import type { Tried } from './try/tried.js';
import { diffOf } from './plan/diff.js';

export type Result = 'written' | 'unchanged' | 'planned' | 'conflicts' | 'failed';

/** What `--json` prints. */
export interface Report {
  result: Result;
  exitCode: number;
  message: string;
  target: string | null;
  facts: Plan['facts'];
  created: string[];
  changed: string[];
  kept: readonly string[];
  conflicts: Plan['conflicts'];
  overwritten: readonly string[];
  paste: Plan['paste'];
  notes: readonly string[];
  /** how the trial start ended; null if there was none */
  tried: Tried | null;
}

export function reportOf(
  plan: Plan | null,
  result: Result,
  exitCode: number,
  message: string,
  tried: Tried | null = null,
): Report {
  const files = plan?.files ?? [];
  return {
    result,
    exitCode,
    message,
    target: plan?.target ?? null,
    facts: plan?.facts ?? [],
    created: files.filter(({ before }) => before === null).map(({ path }) => path),
    changed: files.filter(({ before }) => before !== null).map(({ path }) => path),
    kept: plan?.kept ?? [],
    conflicts: plan?.conflicts ?? [],
    overwritten: plan?.overwritten ?? [],
    paste: plan?.paste ?? [],
    notes: plan?.notes ?? [],
    tried,
  };
}

export function factsText(plan: Plan): string {
  if (plan.facts.length === 0) return '';
  const rows = [
    ['', 'found', 'result', 'flag'],
    ...plan.facts.map(({ fact, found, then, flag }) => [fact, found, then, flag]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n\n`;
}

/** Up to this many new files are listed one by one; more are counted by folder. */
const FEW = 20;

export function filesText(plan: Plan): string {
  const created = plan.files.filter(({ before }) => before === null).map(({ path }) => path);
  const changed = plan.files.filter(({ before }) => before !== null);
  const lines = [
    ...(created.length > FEW ? byFolder(created) : created).map((what) => `  new      ${what}`),
    ...changed.map(({ path }) => `  changed  ${path}`),
    ...plan.kept.map((path) => `  kept     ${path} (your version)`),
  ];
  return lines.length === 0 ? '' : `${lines.join('\n')}\n\n`;
}

function byFolder(paths: readonly string[]): string[] {
  const folders = new Map<string, string[]>();
  for (const path of paths) {
    const parts = path.split('/');
    const folder = parts.length === 1 ? path : `${parts.slice(0, Math.min(2, parts.length - 1)).join('/')}/`;
    folders.set(folder, [...(folders.get(folder) ?? []), path]);
  }
  return [...folders].map(([folder, inside]) =>
    inside.length === 1 ? inside.join('') : `${folder} (${inside.length} files)`,
  );
}

export function diffsText(files: Plan['files']): string {
  return files.map(({ path, before, after }) => diffOf(path, before, after)).join('');
}

export function conflictsText(plan: Plan): string {
  return plan.conflicts.map(({ path, reason, diff }) => `${path}: ${reason}\n${diff}\n`).join('');
}

export function pasteText(plan: Plan): string {
  return plan.paste
    .map(
      ({ path, reason, lines }) =>
        `${path} was not edited, because ${reason}. Add these lines:\n\n${lines.map((line) => (line === '' ? '' : `  ${line}`)).join('\n')}\n\n`,
    )
    .join('');
}

export function notesText(plan: Plan): string {
  return plan.notes.map((note) => `- ${note}\n`).join('');
}

export function triedText(tried: Tried | null): string {
  if (tried === null) return '';
  return `${tried.message}\n${tried.lines.map((line) => `  ${line}\n`).join('')}`;
}
