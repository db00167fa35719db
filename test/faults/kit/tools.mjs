// The programs that the faults need, and where they are.
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';

/** Debian's package of each program. */
const PACKAGES = {
  initdb: 'postgresql',
  'redis-server': 'redis-server',
  pgbouncer: 'pgbouncer',
  faketime: 'faketime',
};

export const isRoot = process.getuid?.() === 0;

export function findProgram(name) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  // Debian puts some servers where only root's PATH looks.
  return [...folders, '/usr/sbin', '/usr/local/sbin'].map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The folder of `initdb`: the newest one of Debian, else the one in PATH. */
export function postgresPrograms() {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).filter((name) => /^\d+$/.test(name)) : [];
  const newest = versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(root, version, 'bin'));
  const found = newest.find((folder) => isExecutable(join(folder, 'initdb')));
  if (found !== undefined) return found;
  const initdb = findProgram('initdb');
  return initdb === undefined ? undefined : join(initdb, '..');
}

/** The library that `faketime` loads into a program with threads. */
export function fakeTimeLibrary() {
  const folders = ['/usr/lib', '/usr/lib64', '/usr/local/lib', '/opt/homebrew/lib'];
  const below = folders.flatMap((folder) =>
    existsSync(folder)
      ? [
          folder,
          ...readdirSync(folder)
            .filter((name) => name.includes('linux-gnu'))
            .map((name) => join(folder, name)),
        ]
      : [],
  );
  return below
    .map((folder) => join(folder, 'faketime', 'libfaketimeMT.so.1'))
    .find((path) => existsSync(path));
}

/** User and group for servers that refuse to run as root. Nothing to change for everybody else. */
export function unprivileged(name = 'postgres') {
  if (!isRoot) return {};
  const id = (flag) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** @returns one line for each program that is missing and wanted */
export function missingTools(wanted) {
  const isMissing = {
    initdb: () => postgresPrograms() === undefined,
    'redis-server': () => findProgram('redis-server') === undefined,
    pgbouncer: () => findProgram('pgbouncer') === undefined,
    faketime: () => fakeTimeLibrary() === undefined,
  };
  return [...wanted]
    .filter((name) => isMissing[name]())
    .map((name) => `${name} is missing: install it (on Debian: apt-get install ${PACKAGES[name]})`);
}

/** Whether this process may make namespaces and mounts. In a container it often may not. */
export function mayUnshare() {
  try {
    execFileSync('unshare', ['--pid', '--fork', '--mount-proc', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
