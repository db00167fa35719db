// Measures CPU time, because the machine may be busy. Fails only at twice the promised time, because machines differ.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { must } from './kit/processes.mjs';

const RUNS = 5;
const PROMISES = [
  { name: '--help', args: ['--help'], seconds: 0.3 },
  {
    name: 'new --skip-install, every feature',
    args: ['new', 'app', '--features', 'all', '--yes', '--skip-install'],
    seconds: 2,
  },
];

export default async function speed(check, workshop) {
  const cwd = workshop.emptyFolder('speed');
  for (const { name, args, seconds } of PROMISES) {
    await check.case(name, async () => {
      const measured = [];
      for (let run = 0; run < RUNS; run += 1) {
        measured.push(await cpuSeconds(process.execPath, [workshop.bin, ...args], cwd));
        rmSync(join(cwd, 'app'), { recursive: true, force: true });
      }
      const median = measured.sort((a, b) => a - b)[Math.floor(RUNS / 2)];
      process.stdout.write(`  bench: ${name}: ${median.toFixed(2)} s of CPU (${seconds} s promised)\n`);
      if (median > 2 * seconds) throw new Error(`${median} s of CPU, but ${seconds} s are promised`);
    });
  }
}

/** Of the process and of its child processes, as the shell reads it with getrusage. */
async function cpuSeconds(command, args, cwd) {
  const script = 'TIMEFORMAT="%U %S"; time "$0" "$@" >/dev/null 2>&1';
  const { stderr } = await must('bash', ['-c', script, command, ...args], { cwd });
  return stderr
    .trim()
    .split(/\s+/)
    .map(Number)
    .reduce((sum, part) => sum + part, 0);
}
