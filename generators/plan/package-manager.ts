import { spawnSync } from 'node:child_process';
import type { Choices } from '../choices.js';
import type { ComposedFile } from '../compose.js';
import { PNPM_WORKSPACE, withAllowedBuilds } from '../transforms/pnpm-workspace.js';

/** What the templates say where the package managers differ. */
type Commands = Readonly<
  Record<'LOCK' | 'INSTALL' | 'CLEAN' | 'PRUNE' | 'RUN' | 'EXEC' | 'DLX' | 'SETUP', string>
>;

const NPM: Commands = {
  LOCK: 'package-lock.jso[n]',
  INSTALL: 'npm install',
  CLEAN: 'npm ci',
  PRUNE: 'npm prune --omit=dev',
  RUN: 'npm run',
  EXEC: 'npx',
  DLX: 'npx',
  SETUP: '',
};
const PNPM: Commands = {
  LOCK: 'pnpm-lock.yam[l] pnpm-workspace.yaml',
  INSTALL: 'pnpm install',
  CLEAN: 'pnpm install --frozen-lockfile',
  PRUNE: 'pnpm prune --prod',
  RUN: 'pnpm run',
  EXEC: 'pnpm exec',
  DLX: 'pnpm dlx',
  SETUP: 'corepack enable && ',
};
const YARN: Commands = {
  LOCK: 'yarn.loc[k] .yarnrc.yml',
  INSTALL: 'yarn install',
  CLEAN: 'yarn install --immutable',
  PRUNE: 'yarn workspaces focus --production',
  RUN: 'yarn run',
  EXEC: 'yarn exec',
  DLX: 'yarn dlx',
  SETUP: 'corepack enable && ',
};
/** Yarn 1. It comes with the images of Node, so nothing is to be set up. */
const YARN_CLASSIC: Commands = {
  LOCK: 'yarn.loc[k] .yarnrc',
  INSTALL: 'yarn install',
  CLEAN: 'yarn install --frozen-lockfile',
  PRUNE: 'yarn install --frozen-lockfile --production --ignore-scripts --offline',
  RUN: 'yarn run',
  EXEC: 'yarn run',
  DLX: 'npx',
  SETUP: '',
};

export function commandsOf({ packageManager, yarn }: Choices): Commands {
  if (packageManager === 'npm') return NPM;
  if (packageManager === 'pnpm') return PNPM;
  return isClassic(yarn) ? YARN_CLASSIC : YARN;
}

/** Settings without which the package manager does not install a project. */
export function managerFiles({ packageManager, yarn, hasher }: Choices): ComposedFile[] {
  if (packageManager === 'npm') return [];
  if (packageManager === 'pnpm')
    return [{ from: null, to: PNPM_WORKSPACE, text: withAllowedBuilds('', { hasher }) ?? '' }];
  if (isClassic(yarn)) {
    const text =
      '# Packages of Nest name Node 22 in their engines, but run on Node 20. Yarn 1 would refuse them.\nignore-engines true\n';
    return [{ from: null, to: '.yarnrc', text }];
  }
  const text = "# Jest and Nest's own command look for packages in node_modules.\nnodeLinker: node-modules\n";
  return [{ from: null, to: '.yarnrc.yml', text }];
}

/** @param version of Yarn; null: unknown. Corepack and the images of Node give 1 then. */
export function isClassic(version: string | null): boolean {
  return version === null || version.startsWith('1.');
}

/** The version of the Yarn that would install; null: there is none. */
export function yarnVersion(): string | null {
  const { status, stdout } = spawnSync('yarn', ['--version'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
    // Outside of any project, whose own version would answer.
    cwd: process.env['HOME'] ?? '/',
  });
  const version = status === 0 ? stdout.trim() : '';
  return /^\d+\.\d+\.\d+/.test(version) ? version : null;
}
