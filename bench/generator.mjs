// CPU time of the generator: for --help, and for planning and writing a whole project without the install.
// node bench/generator.mjs [runs]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

const RUNS = Number(process.argv[2] ?? 5);
const COMMAND = new URL('../bin/nest-authentication-zero.mjs', import.meta.url).pathname;
/** seconds of CPU */
const CASES = [
  { name: '--help', limit: 0.3, args: () => ['--help'] },
  {
    name: 'new, without install',
    limit: 2,
    args: (folder) => ['new', join(folder, 'app'), '--features', 'all', '--yes', '--skip-install'],
  },
];

for (const { name, limit, args } of CASES) {
  const seconds = Array.from({ length: RUNS }, () => cpuOf(args)).sort((a, b) => a - b);
  const median = seconds[Math.floor(RUNS / 2)];
  process.stdout.write(`${name.padEnd(22)} ${median.toFixed(2)} s CPU (limit ${limit} s)\n`);
  if (median > limit) process.exitCode = 1;
}

/** User and system time of the child process, as bash measures them. */
function cpuOf(args) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-generator-'));
  const { status, stderr } = spawnSync(
    'bash',
    ['-c', 'TIMEFORMAT="%U %S"; time "$@" >/dev/null', 'bash', process.execPath, COMMAND, ...args(folder)],
    { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } },
  );
  rmSync(folder, { recursive: true, force: true });
  if (status !== 0) throw new Error(stderr);
  const [user, system] = stderr.trim().split(/\s+/).slice(-2).map(Number);
  return user + system;
}
