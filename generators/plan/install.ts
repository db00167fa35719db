import { spawn } from 'node:child_process';
import type { PackageManager } from '../choices.js';
import { Failure } from '../failure.js';
import type { Interrupts } from './interrupt.js';

const ARGUMENTS: Readonly<Record<PackageManager, readonly string[]>> = {
  npm: ['install', '--no-audit', '--no-fund', '--loglevel=error'],
  pnpm: ['install', '--no-frozen-lockfile'],
  yarn: ['install'],
};

/** Installs with the project's own package manager. Its output goes to stderr, because stdout is for the report. */
export async function install(
  manager: PackageManager,
  directory: string,
  interrupts: Interrupts,
  quiet: boolean,
): Promise<void> {
  const child = spawn(manager, ARGUMENTS[manager], {
    cwd: directory,
    stdio: ['ignore', quiet ? 'ignore' : 2, quiet ? 'ignore' : 2],
    shell: process.platform === 'win32',
    // If CI is set, yarn refuses to write its lock file.
    env: { ...process.env, YARN_ENABLE_IMMUTABLE_INSTALLS: 'false' },
  });
  const forget = interrupts.onInterrupt(() => child.kill('SIGTERM'));
  const code = await new Promise<number | null | Error>((resolve) => {
    child.once('error', resolve);
    child.once('exit', resolve);
  });
  forget();
  await interrupts.check();
  if (code === 0) return;
  const reason = code instanceof Error ? reasonOf(code, manager) : `exit code ${code ?? 'none'}`;
  throw new Failure(
    `${manager} ${ARGUMENTS[manager].join(' ')} failed (${reason}). Nothing was written. To write the files without an install, use --skip-install.`,
  );
}

function reasonOf(error: NodeJS.ErrnoException, manager: PackageManager): string {
  return error.code === 'ENOENT' ? `${manager} is not on your PATH` : error.message;
}
