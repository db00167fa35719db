/** Runs work on a contestant. @returns its result, and what server and Postgres used meanwhile: microseconds, bytes */
export async function metered({ postgres, running, work }) {
  const meter = await postgres.cpuMeter(running.contestant.name);
  const before = await running.usage();
  const result = await work();
  const after = await running.usage();
  return { result, cpu: after.cpu - before.cpu, postgres: await meter(), memory: after.memory };
}
