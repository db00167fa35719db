// The measured server has a CPU of its own. The load generator and Postgres have others, so that none of them takes
// the server's time or cools its caches.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';

/** @returns {{ server: string, load: string, postgres: string } | null} null: nothing can be pinned here */
export function chosenCpus() {
  const cpus = distinctCores(allowedCpus());
  if (cpus.length < 2) return null;
  const [server, load, postgres = load] = cpus;
  return { server, load, postgres };
}

/** Pins this process, with all of its threads. */
export function pinSelf(cpu) {
  spawnSync('taskset', ['-a', '-c', '-p', cpu, String(process.pid)]);
}

/** @returns the command and its arguments, to run on one CPU */
export const pinned = (cpu, command) => (cpu === undefined ? command : ['taskset', '-c', cpu, ...command]);

/** Microseconds in which a CPU was not idle, as long as the machine runs. The kernel counts in ticks of 10 ms. */
export function busyTime(cpu) {
  if (cpu === undefined) return 0;
  const line = readFileSync('/proc/stat', 'utf8')
    .split('\n')
    .find((each) => each.startsWith(`cpu${cpu} `));
  const [user, nice, system, , , irq, softirq, steal] = line.split(' ').slice(1).map(Number);
  return (user + nice + system + irq + softirq + steal) * 10_000;
}

function allowedCpus() {
  const { stdout, status } = spawnSync('taskset', ['-c', '-p', String(process.pid)], { encoding: 'utf8' });
  if (status !== 0) return [];
  const list = stdout.slice(stdout.lastIndexOf(':') + 1).trim();
  return list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, at) => String(first + at));
  });
}

/** One CPU of each core: two threads of one core share its caches and its arithmetic. */
function distinctCores(cpus) {
  const seen = new Set();
  return cpus.filter((cpu) => {
    const file = `/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`;
    const core = existsSync(file) ? readFileSync(file, 'utf8') : cpu;
    return !seen.has(core) && seen.add(core);
  });
}
