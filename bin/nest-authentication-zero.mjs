#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const args = process.argv.slice(2);
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`Node 20.19 or newer is needed; this is ${process.versions.node}\n`);
  process.exitCode = 1;
} else if (args.includes('--version') || args.includes('-v') || args[0] === 'version') {
  const { version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
  process.stdout.write(`${version}\n`);
} else if (args[0] === 'help' && args[1] !== undefined && !args[1].startsWith('-')) {
  const { hasUsage, usageOf } = await import('../dist/generator/generators/usage.js');
  if (hasUsage(args[1])) process.stdout.write(usageOf(args[1]));
  else {
    process.stderr.write(`There is no command ${args[1]}.\nHelp: nest-authentication-zero --help\n`);
    process.exitCode = 2;
  }
} else if (args.includes('--help') || args.includes('-h') || args[0] === 'help' || args.length === 0) {
  const { usageOf } = await import('../dist/generator/generators/usage.js');
  process.stdout.write(usageOf(args.find((arg) => arg !== 'help' && !arg.startsWith('-'))));
  if (args.length === 0) process.exitCode = 2;
} else {
  const { runCommandLine } = await import('../dist/generator/generators/cli.js');
  process.exitCode = await runCommandLine(args, root);
}
