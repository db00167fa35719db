// Installs what is missing, builds what has changed, and starts the server.
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import './install.mjs';

if (isStale()) {
  process.stdout.write('Building …\n');
  const { status } = spawnSync(
    process.execPath,
    ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'],
    {
      stdio: 'inherit',
    },
  );
  if (status !== 0) process.exit(1);
}

const server = spawn(process.execPath, ['dist/main.js'], { stdio: 'inherit' });
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => server.kill(signal));
// npm passes a SIGTERM to its shell, which ends without passing it on: when the shell is gone, the server is stopped.
const shell = process.ppid;
if (process.env.npm_lifecycle_event !== undefined)
  setInterval(() => process.ppid === shell || server.kill('SIGTERM'), 500).unref();
server.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 0)));

function isStale() {
  const built = statSync('dist/main.js', { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = readdirSync('src', { recursive: true }).map((name) => join('src', name));
  return ['tsconfig.json', 'tsconfig.build.json', 'package.json', ...sources].some(
    (path) => statSync(path).mtimeMs > built,
  );
}
