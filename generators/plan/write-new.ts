import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Conflicting } from '../failure.js';
import { isAlive } from './processes.js';
import type { Interrupts } from './interrupt.js';
import type { Plan } from './plan.js';

const MARK = '.authentication-zero-';

/** @throws Conflicting */
export function refuseOccupied(target: string): void {
  if (!existsSync(target)) return;
  let entries: string[];
  try {
    entries = readdirSync(target);
  } catch {
    throw new Conflicting(`${target} is not a folder. Nothing was written. Take another name.`);
  }
  if (entries.length === 0) return;
  const some = entries.slice(0, 5).join(', ');
  throw new Conflicting(
    `${target} is not empty (${some}${entries.length > 5 ? ', …' : ''}). Nothing was written. Take another folder, or use "add" in an existing project.`,
  );
}

/** Deletes the folders that killed runs left beside the target. @returns their paths */
export function sweepLeftovers(target: string): string[] {
  const parent = dirname(target);
  if (!existsSync(parent)) return [];
  const prefix = `.${basename(target)}${MARK}`;
  const left = readdirSync(parent).filter(
    (name) => name.startsWith(prefix) && !isAlive(Number(name.slice(prefix.length))),
  );
  for (const name of left) rmSync(join(parent, name), { recursive: true, force: true });
  return left.map((name) => join(parent, name));
}

/**
 * Writes the whole project into a folder beside the target, then renames that folder to the target.
 * @param finish runs before the rename, for example the install
 */
export async function writeNewProject(
  plan: Plan,
  interrupts: Interrupts,
  finish: (directory: string) => Promise<void>,
): Promise<void> {
  const parent = dirname(plan.target);
  const firstMade = mkdirSync(parent, { recursive: true });
  const staging = join(parent, `.${basename(plan.target)}${MARK}${process.pid}`);
  interrupts.listen();
  try {
    for (const { path, after } of plan.files) {
      const file = join(staging, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, after);
    }
    await interrupts.check();
    await finish(staging);
    await interrupts.check();
    refuseOccupied(plan.target);
    // Windows cannot rename onto an existing folder, even if it is empty.
    if (existsSync(plan.target)) rmdirSync(plan.target);
    renameSync(staging, plan.target);
  } catch (error) {
    rmSync(staging, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    if (firstMade !== undefined) rmSync(firstMade, { recursive: true, force: true });
    throw error;
  } finally {
    interrupts.stop();
  }
}
