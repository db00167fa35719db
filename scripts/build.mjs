// Installs what is missing, compiles src/ into dist/, and prepares the embedded database there.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import process from 'node:process';
import './install.mjs';
import { beginDatabase } from './prepared-database.mjs';

rmSync('dist', { recursive: true, force: true });
const database = beginDatabase();
const compiler = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'];
const code = await new Promise((done) => {
  spawn(process.execPath, compiler, { stdio: 'inherit' }).on('exit', (status) => done(status ?? 1));
});
if (code === 0) await database.finish();
else database.stop('SIGKILL');
process.exitCode = code;
