import process from 'node:process';

/** One check with its cases, failures and time. A failed case does not stop the others. */
export class Check {
  failures = [];
  skipped = [];
  cases = 0;

  constructor(name) {
    this.name = name;
  }

  async run(work) {
    const started = performance.now();
    try {
      await work();
    } catch (error) {
      this.failures.push({ name: 'the check itself', reason: error.stack ?? String(error) });
    }
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    const failed = this.failures.length === 0 ? '' : `, ${this.failures.length} FAILED`;
    process.stdout.write(`${this.name.padEnd(13)} ${this.cases} cases${failed} (${seconds} s)\n`);
    for (const { name, reason } of this.skipped) process.stdout.write(`  left out: ${name}: ${reason}\n`);
  }

  /** @returns whether it passed, so that cases that depend on it can be left out */
  async case(name, work) {
    this.cases += 1;
    const started = performance.now();
    let word = '';
    try {
      await work();
    } catch (error) {
      word = ' FAILED';
      this.failures.push({ name, reason: error.stack ?? String(error) });
    }
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    if (word !== '' || seconds > 10) process.stdout.write(`  ${this.name}: ${name}${word} (${seconds} s)\n`);
    return word === '';
  }

  leaveOut(name, reason) {
    this.skipped.push({ name, reason });
  }
}

/** Runs two tasks at a time, because most of them use one core. */
export async function inLanes(tasks, lanes = 2) {
  const left = [...tasks];
  const lane = async () => {
    for (let task = left.shift(); task !== undefined; task = left.shift()) await task();
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
