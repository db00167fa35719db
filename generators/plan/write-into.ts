import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  chmodSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Conflicting } from '../failure.js';
import { hashOf } from '../manifest.js';
import type { Interrupts } from './interrupt.js';
import type { Plan } from './plan.js';
import { isAlive } from './processes.js';

/** Inside the project, so that a rename never crosses a file system. Deleted at the end of a run. */
const JOURNAL_FOLDER = '.authentication-zero';
const JOURNAL = 'journal.json';
const LOCKFILES = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock'];

interface Entry {
  path: string;
  /** whether the file existed before; then its copy is in backup/ */
  existed: boolean;
  /** of our new text; null: another program writes the file */
  hash: string | null;
}

interface Journal {
  pid: number;
  entries: Entry[];
  /** folders that did not exist before, outermost first */
  folders: string[];
}

/**
 * Writes the planned files into a project. They are staged in a separate folder, then renamed into place one by one. A
 * journal is on the disk before the first rename. If the run ends early, the project is restored, at once or at the
 * start of the next run.
 */
export async function writeIntoProject(
  plan: Plan,
  interrupts: Interrupts,
  finish: (directory: string) => Promise<void>,
): Promise<void> {
  const folder = join(plan.target, JOURNAL_FOLDER);
  interrupts.listen();
  try {
    const journal = stage(plan, folder);
    await interrupts.check();
    writeDurably(join(folder, JOURNAL), JSON.stringify(journal));
    for (const { path } of plan.files) {
      mkdirSync(dirname(join(plan.target, path)), { recursive: true });
      renameSync(join(folder, 'staged', path), join(plan.target, path));
      await interrupts.check();
    }
    await finish(plan.target);
    await interrupts.check();
    // Without the journal nothing is restored any more: the run is complete.
    rmSync(join(folder, JOURNAL));
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    restore(plan.target);
    throw error;
  } finally {
    interrupts.stop();
  }
}

function stage(plan: Plan, folder: string): Journal {
  const journal: Journal = { pid: process.pid, entries: [], folders: missingFolders(plan) };
  mkdirSync(folder, { recursive: true });
  for (const { path, before, after } of plan.files) {
    put(join(folder, 'staged', path), after);
    if (before !== null) {
      back(plan.target, folder, path);
      chmodSync(join(folder, 'staged', path), statSync(join(plan.target, path)).mode);
    }
    journal.entries.push({ path, existed: before !== null, hash: hashOf(after) });
  }
  for (const path of LOCKFILES) {
    const existed = existsSync(join(plan.target, path));
    if (existed) back(plan.target, folder, path);
    journal.entries.push({ path, existed, hash: null });
  }
  return journal;
}

function missingFolders(plan: Plan): string[] {
  const folders = new Set<string>();
  for (const { path } of plan.files) {
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
      if (!existsSync(join(plan.target, folder))) folders.add(folder);
    }
  }
  return [...folders].sort();
}

export interface Repair {
  /** files that are as they were before */
  restored: string[];
  /** files that were changed after the run; they stay as they are */
  left: string[];
}

/**
 * Undoes what an interrupted run did.
 * @returns null if there was nothing to undo
 * @throws Conflicting while another run is active
 */
export function repair(target: string): Repair | null {
  const folder = join(target, JOURNAL_FOLDER);
  if (!existsSync(folder)) return null;
  const journal = readJournal(folder);
  if (journal !== null && journal.pid !== process.pid && isAlive(journal.pid)) {
    throw new Conflicting(
      `Another run (process ${journal.pid}) is active in this project. Wait until it ends. Nothing was written.`,
    );
  }
  return restore(target);
}

/** Whether an interrupted run left its folder here. */
export function isCutShort(target: string): boolean {
  return existsSync(join(target, JOURNAL_FOLDER));
}

function restore(target: string): Repair {
  const folder = join(target, JOURNAL_FOLDER);
  const done: Repair = { restored: [], left: [] };
  const journal = readJournal(folder);
  for (const entry of journal?.entries ?? []) restoreEntry(target, folder, entry, done);
  for (const path of [...(journal?.folders ?? [])].reverse()) removeIfEmpty(join(target, path));
  rmSync(folder, { recursive: true, force: true });
  return done;
}

function restoreEntry(target: string, folder: string, { path, existed, hash }: Entry, done: Repair): void {
  const file = join(target, path);
  const now = existsSync(file) ? readFileSync(file, 'utf8') : null;
  const before = existed ? readFileSync(join(folder, 'backup', path), 'utf8') : null;
  if (now === before) return;
  if (hash !== null && now !== null && hashOf(now) !== hash) {
    done.left.push(path);
    return;
  }
  if (existed) {
    mkdirSync(dirname(file), { recursive: true });
    renameSync(join(folder, 'backup', path), file);
  } else rmSync(file, { force: true });
  done.restored.push(path);
}

/** null: no file was renamed into place yet. */
function readJournal(folder: string): Journal | null {
  const file = join(folder, JOURNAL);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Journal) : null;
}

function put(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function back(target: string, folder: string, path: string): void {
  const file = join(folder, 'backup', path);
  mkdirSync(dirname(file), { recursive: true });
  copyFileSync(join(target, path), file);
}

/** After a crash, the file is complete or does not exist. */
function writeDurably(file: string, text: string): void {
  const half = `${file}.half`;
  const handle = openSync(half, 'w');
  writeFileSync(handle, text);
  fsyncSync(handle);
  closeSync(handle);
  renameSync(half, file);
}

function removeIfEmpty(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}
