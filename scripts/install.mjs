// Installs what the lock file names and node_modules lacks; with --check it only tells, by its exit code. Runs on Node
// alone.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`Node 20.19 or newer is needed; this is ${process.versions.node}\n`);
  process.exit(1);
}

const manager = existsSync('pnpm-lock.yaml') ? 'pnpm' : existsSync('yarn.lock') ? 'yarn' : 'npm';
if (process.argv.includes('--check')) process.exit(isInstalled() ? 0 : 1);
if (!isInstalled()) {
  process.stdout.write('Installing packages (once, about a minute) …\n');
  // Not `npm ci`, which CI uses: it installs everything anew, and refuses where package.json was edited by hand.
  const flags = manager === 'npm' ? ['--include=dev', '--no-audit', '--no-fund', '--loglevel=error'] : [];
  if (existsSync('package-lock.json')) flags.push('--no-save');
  const { status, error } = spawnSync(manager, ['install', ...flags], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (error !== undefined || status !== 0) {
    process.stderr.write(`${manager} install failed: the packages are not there\n`);
    process.exit(1);
  }
}

/** npm keeps its own copy of the lock file beside what it installed: whoever is missing there is missing. */
function isInstalled() {
  if (manager !== 'npm') return existsSync('node_modules') || existsSync('.pnp.cjs');
  if (!existsSync('node_modules/.package-lock.json')) return false;
  if (!existsSync('package-lock.json')) return true;
  const wanted = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages;
  const present = JSON.parse(readFileSync('node_modules/.package-lock.json', 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, { version, optional, link }]) =>
      path === '' || optional === true || link === true || present[path]?.version === version,
  );
}
