// Makes dist/embedded-database, which a first start on the embedded Postgres copies: that start is then as fast as others.
// `initdb` runs while the compiler does. Without the prepared database, or if this fails, a first start takes longer.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import process from 'node:process';

const READY = 'dist/embedded-database';
const DRAFT = 'dist/embedded-database.part';
const INITDB = `const { PGlite } = await import('@electric-sql/pglite'); await (await PGlite.create('${DRAFT}')).close();`;

/** @returns what makes the tables and ends the preparation. It needs the compiled server, and never fails */
export function beginDatabase() {
  if (existsSync(READY) || usesServer()) return { finish: async () => {}, stop: () => {} };
  rmSync(DRAFT, { recursive: true, force: true });
  mkdirSync(DRAFT, { recursive: true });
  let child;
  const run = (program) =>
    new Promise((done) => {
      child = spawn(process.execPath, program, { stdio: 'ignore' });
      child.on('exit', (code) => done(code === 0));
    });
  const initialised = run(['--input-type=module', '-e', INITDB]);
  const finish = async () => {
    const isMade = (await initialised) && (await run(['dist/database/prepare.js', DRAFT]));
    if (isMade) renameSync(DRAFT, READY);
    else rmSync(DRAFT, { recursive: true, force: true });
  };
  return { finish, stop: (signal) => child.kill(signal) };
}

function usesServer() {
  return /^postgres/.test(process.env.DATABASE_URL ?? '');
}
