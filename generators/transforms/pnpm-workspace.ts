import type { Choices } from '../choices.js';
import { lineEndOf } from './text.js';

export const PNPM_WORKSPACE = 'pnpm-workspace.yaml';

/** From version 11 on pnpm fails for a package with a script at its installation until somebody allows or denies it. */
const BUILDS: readonly [string, boolean][] = [
  ["'@swc/core'", false],
  ["'@scarf/scarf'", false],
  ["'@parcel/watcher'", false],
  ['esbuild', false],
];

/** It compiles only on a system for which it brings no binary. */
const ARGON2: [string, boolean] = ['argon2', true];

/**
 * Adds our packages to `allowBuilds`, at the top level of pnpm-workspace.yaml. What the file says of them stays.
 * @returns null if `allowBuilds` is written in another form than a line for each package
 */
export function withAllowedBuilds(text: string, { hasher }: Pick<Choices, 'hasher'>): string | null {
  const builds = hasher === 'argon2' ? [ARGON2, ...BUILDS] : BUILDS;
  const missing = builds.filter(([name]) => !isListed(text, name));
  if (missing.length === 0) return text;
  const end = lineEndOf(text);
  const lines = missing.map(([name, isAllowed]) => `  ${name}: ${String(isAllowed)}`).join(end);
  const [found] = /^allowBuilds:.*$/m.exec(text) ?? [];
  if (found === undefined) {
    const before = text === '' || text.endsWith('\n') ? text : text + end;
    return `${before}# Which packages may run a script when they are installed.${end}allowBuilds:${end}${lines}${end}`;
  }
  if (!/^allowBuilds:\s*(#.*)?$/.test(found)) return null;
  return text.replace(found, () => `${found.trimEnd()}${end}${lines}`);
}

function isListed(text: string, name: string): boolean {
  const plain = name.replaceAll("'", '');
  return new RegExp(`^\\s+['"]?${plain}(@[^'":]*)?['"]?:`, 'm').test(text);
}
