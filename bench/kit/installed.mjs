// What must be there before anything is measured: our build, and the packages of the peers.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PEERS = join(ROOT, 'bench/peers');

export function buildIfOlder() {
  const built = join(ROOT, 'dist/main.js');
  if (existsSync(built) && changed(built) > newestIn(join(ROOT, 'src'))) return;
  run('npm', ['run', '--silent', 'build'], ROOT);
}

/** The versions of the lock file, without install scripts: the peers measured here need none. */
export function installPeers() {
  const lock = join(PEERS, 'node_modules/.package-lock.json');
  if (existsSync(lock) && changed(lock) > changed(join(PEERS, 'package-lock.json'))) return;
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], PEERS);
}

export const arePeersInstalled = () => existsSync(join(PEERS, 'node_modules/better-auth'));

export function versionsOf({ isPeer = false, packages }) {
  const from = isPeer ? PEERS : ROOT;
  return packages.map((name) => `${name} ${versionOf(from, name)}`).join(', ');
}

function versionOf(from, name) {
  return JSON.parse(readFileSync(join(from, 'node_modules', name, 'package.json'), 'utf8')).version;
}

const changed = (file) => statSync(file).mtimeMs;

function newestIn(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Math.max(...files.map(({ parentPath, path, name }) => changed(join(parentPath ?? path, name))));
}

function run(command, args, cwd) {
  process.stderr.write(`${command} ${args.join(' ')}\n`);
  const { status } = spawnSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed in ${cwd}`);
}
