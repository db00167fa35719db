// What was started is stopped in reverse order: at the end, after a failure, and on Ctrl-C.
import process from 'node:process';

export class Cleanup {
  #steps = [];
  #running = null;

  constructor() {
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ]) {
      process.on(signal, () => {
        process.exitCode = code;
        void this.run().finally(() => process.exit());
      });
    }
    // A reader that leaves, such as `head`, must not leave a Postgres behind.
    process.stdout.on('error', () => {});
    process.stderr.on('error', () => {});
    process.on('uncaughtException', (error) => {
      process.stderr.write(`${error.stack}\n`);
      process.exitCode = 1;
      void this.run().finally(() => process.exit());
    });
  }

  get hasBegun() {
    return this.#running !== null;
  }

  add(step) {
    this.#steps.push(step);
  }

  run() {
    this.#running ??= this.#undo();
    return this.#running;
  }

  async #undo() {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        process.stderr.write(`While cleaning up: ${error.message}\n`);
      }
    }
  }
}
