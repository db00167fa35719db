import { posix, relative } from 'node:path';
import type { PackageManager } from './choices.js';
import type { Command } from './options.js';
import type { Plan } from './plan/plan.js';

/**
 * The commands that come next.
 * @param directory where the command runs
 */
export function nextSteps(plan: Plan, command: Command, directory: string, isInstalled: boolean): string {
  const { packageManager, specs } = plan.choices;
  if (specs === 'none' && command !== 'new') return 'Done.';
  if (command === 'feature') return `Done. To run its spec: ${specOf(plan)}`;
  if (command === 'add') return `Done. To run its specs: ${script(packageManager, 'test:authentication')}`;
  const folder = relative(directory, plan.target);
  const commands: [string, string][] = [
    ...(folder === '' ? [] : [[`cd ${quoted(folder)}`, ''] as [string, string]]),
    ...(isInstalled ? [] : [[`${packageManager} install`, ''] as [string, string]]),
    [`${packageManager} start`, 'serves http://127.0.0.1:3000, on a database in .data/'],
    ...(specs === 'none' ? [] : [[`${packageManager} test`, 'runs its specs'] as [string, string]]),
  ];
  const width = Math.max(...commands.map(([text]) => text.length));
  const lines = commands.map(([text, does]) => `  ${text.padEnd(width)}  ${does}`.trimEnd());
  return `Done. The next commands:\n${lines.join('\n')}`;
}

function specOf({ choices: { packageManager, command }, files }: Plan): string {
  const spec = files.find(({ path }) => path.endsWith('spec.ts'))?.path ?? '';
  const folder = posix.dirname(spec).replace(/^.*\/(?=features\/)/, '');
  const name = command === 'add' ? script(packageManager, 'test:authentication') : `${packageManager} test`;
  return `${name}${packageManager === 'npm' ? ' --' : ''} ${folder}`;
}

function script(manager: PackageManager, name: string): string {
  return manager === 'npm' ? `npm run ${name}` : `${manager} ${name}`;
}

/** As a POSIX shell takes it. */
function quoted(path: string): string {
  return /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
