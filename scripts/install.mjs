// Installs the packages of the lock file if one of them is missing. With --check it installs nothing: exit code 1 means
// that a package is missing. This script itself needs no packages.
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
  // Not `npm ci`: it installs everything again, and fails if package.json was edited by hand.
  const flags = manager === 'npm' ? ['--include=dev', '--no-audit', '--no-fund', '--loglevel=error'] : [];
  if (existsSync('package-lock.json')) flags.push('--no-save');
  const { status, error } = spawnSync(manager, ['install', ...flags], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (error !== undefined || status !== 0) {
    process.stderr.write(`${manager} install failed: packages are missing\n`);
    process.exit(1);
  }
}

/** npm keeps its own copy of the lock file in node_modules: a package that this copy lacks is not installed. */
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
