// Installs what is missing, builds what has changed, and starts the server.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import './install.mjs';
import { beginDatabase } from './prepared-database.mjs';

// Forwarded during the build too: process 1 ignores a signal that it does not listen to.
let child;
let database;
let isStopped = false;
const stop = (signal) => {
  isStopped = true;
  child?.kill(signal);
  database?.stop(signal);
};
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, stop);
// npm passes a SIGTERM to its shell, which ends without passing it on: when the shell is gone, the server is stopped.
const shell = process.ppid;
if (process.env.npm_lifecycle_event !== undefined)
  setInterval(() => process.ppid === shell || stop('SIGTERM'), 500).unref();

if (isStale()) {
  process.stdout.write('Building …\n');
  // A first start follows.
  if (!existsSync('.data')) database = beginDatabase();
  const code = await run(['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json']);
  if (code === 0 && !isStopped) await database?.finish();
  if (isStopped) process.exit(0);
  if (code !== 0) process.exit(1);
}
process.exit(await run(['dist/main.js']));

/** Runs a program of Node. @returns its exit code; 0 if a signal ended it */
function run(program) {
  child = spawn(process.execPath, program, { stdio: 'inherit' });
  return new Promise((done) => {
    child.on('exit', (code, signal) => done(code ?? (signal === null ? 1 : 0)));
  });
}

function isStale() {
  const built = statSync('dist/main.js', { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = readdirSync('src', { recursive: true }).map((name) => join('src', name));
  return ['tsconfig.json', 'tsconfig.build.json', 'package.json', ...sources].some(
    (path) => statSync(path).mtimeMs > built,
  );
}
