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

/** Beside the project's files, so that a rename never crosses a file system. Gone when a run ends. */
const JOURNAL_FOLDER = '.authentication-zero';
const JOURNAL = 'journal.json';
const LOCKFILES = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock'];

interface Entry {
  path: string;
  /** whether a copy of what was there is in backup/ */
  existed: boolean;
  /** of what we put there; null: another program writes it */
  hash: string | null;
}

interface Journal {
  pid: number;
  entries: Entry[];
  /** folders that were not there, outermost first */
  folders: string[];
}

/**
 * Puts the planned files into a project: staged beside, then renamed into place one by one, with a journal on the disk
 * before the first. Whatever ends this early, the project is as it was: at once, or at the start of the next run.
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
    // From here on it is done: without its journal the folder is but rubbish.
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
  /** what is as it was before */
  restored: string[];
  /** what somebody changed since, and is left alone */
  left: string[];
}

/**
 * Takes back what a run that was cut short had done.
 * @returns null where there was nothing to do
 * @throws Conflicting while another run is at work
 */
export function repair(target: string): Repair | null {
  const folder = join(target, JOURNAL_FOLDER);
  if (!existsSync(folder)) return null;
  const journal = readJournal(folder);
  if (journal !== null && journal.pid !== process.pid && isAlive(journal.pid)) {
    throw new Conflicting(`Another run (process ${journal.pid}) is at work here. Nothing was written.`);
  }
  return restore(target);
}

/** Whether a run that was cut short left something here. */
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

/** null: nothing was put into place yet. */
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

/** Whole and on the disk, or not there. */
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
