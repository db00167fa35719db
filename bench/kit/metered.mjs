import { performance } from 'node:perf_hooks';
import { busyTime } from './cpus.mjs';

/**
 * Runs work on a contestant. @returns its result, what server and Postgres used meanwhile (microseconds, bytes), and
 * which share of the server's CPU others used; null where that cannot be known
 */
export async function metered({ postgres, running, cpu, work }) {
  const meter = await postgres.cpuMeter(running.contestant.name);
  const before = await running.usage();
  const busy = busyTime(cpu);
  const started = performance.now();
  const result = await work();
  const elapsed = (performance.now() - started) * 1000;
  const all = busyTime(cpu) - busy;
  const after = await running.usage();
  const used = after.cpu - before.cpu;
  return {
    result,
    cpu: used,
    postgres: await meter(),
    memory: after.memory,
    others: cpu === undefined ? null : Math.max(0, all - used) / elapsed,
  };
}
