import { dirname } from 'node:path';
import type { PackageManager, TestRunner } from '../choices.js';
import { textOf } from './application.js';
import { findUpwards } from './files.js';

const LOCKFILES: readonly [string, PackageManager][] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
];

export function testRunnerOf(
  packageJson: Record<string, unknown>,
  packages: Readonly<Record<string, string>>,
): TestRunner | null {
  const scripts = Object.values((packageJson['scripts'] ?? {}) as Record<string, string>).join('\n');
  if (/\bvitest\b/.test(scripts) && 'vitest' in packages) return 'vitest';
  if (/\bjest\b/.test(scripts) && 'jest' in packages) return 'jest';
  return 'jest' in packages ? 'jest' : 'vitest' in packages ? 'vitest' : null;
}

export function packageManagerOf(directory: string, packageJson: Record<string, unknown>): PackageManager {
  const path = findUpwards(
    directory,
    LOCKFILES.map(([file]) => file),
  );
  const locked = LOCKFILES.find(([file]) => path?.endsWith(file))?.[1];
  const [, declared] = /^(npm|pnpm|yarn)@/.exec(textOf(packageJson['packageManager'], '')) ?? [];
  const isOwn = path !== null && dirname(path) === directory;
  return (isOwn ? locked : undefined) ?? (declared as PackageManager | undefined) ?? locked ?? 'npm';
}
