// Builds on every change and restarts the server. Mails that are kept in memory are lost at each restart.
import { spawn } from 'node:child_process';
import process from 'node:process';
import './build.mjs';

const compiler = spawn(
  process.execPath,
  ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--watch', '--preserveWatchOutput'],
  { stdio: 'inherit' },
);
const server = spawn(process.execPath, ['--watch', '--watch-preserve-output', 'dist/main.js'], {
  stdio: 'inherit',
});
const stop = () => {
  compiler.kill('SIGTERM');
  server.kill('SIGTERM');
};
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, stop);
for (const child of [compiler, server]) child.on('exit', () => process.exit());
