// The load: a fixed number of clients, each with one request at a time.
import { performance } from 'node:perf_hooks';
import { Connection } from './wire.mjs';

export class Load {
  /** @param messages one for each client, which repeats it */
  static async open(port, messages) {
    const connections = await Promise.all(messages.map(() => Connection.open(port)));
    return new Load(connections.map((connection, at) => ({ connection, message: messages[at] })));
  }

  /** how many requests were answered, in all */
  answered = 0;
  #clients;

  constructor(clients) {
    this.#clients = clients;
  }

  /** Sends so many requests in all. @returns seconds, and the milliseconds of each */
  async send(requests) {
    let left = requests;
    return this.#run(() => left-- > 0);
  }

  /** Sends requests for a time. Those that are on their way at its end are awaited, and not counted. */
  async during(seconds) {
    const end = performance.now() + seconds * 1000;
    const { milliseconds } = await this.#run(() => performance.now() < end, end);
    return { seconds, milliseconds };
  }

  /** Sends until the function that it returns is called. That waits for the requests on their way. */
  keepSending() {
    let stopped = false;
    const done = this.#run(() => !stopped);
    // Whoever stops it gets the failure.
    done.catch(() => {});
    return () => {
      stopped = true;
      return done;
    };
  }

  /** Sends one request after the other at a fixed rate, whatever the answers take. */
  async paced(requests, perSecond) {
    const started = performance.now();
    const milliseconds = await Promise.all(
      Array.from({ length: requests }, async (_, at) => {
        await new Promise((resolve) => setTimeout(resolve, (at * 1000) / perSecond));
        const free = this.#clients.pop();
        if (free === undefined) throw new Error(`cannot keep up with ${perSecond} requests a second`);
        const asked = performance.now();
        await free.connection.send(free.message);
        this.#clients.unshift(free);
        return performance.now() - asked;
      }),
    );
    return { seconds: (performance.now() - started) / 1000, milliseconds };
  }

  close() {
    for (const { connection } of this.#clients) connection.close();
  }

  async #run(goesOn, end = Infinity) {
    const milliseconds = [];
    const started = performance.now();
    await Promise.all(
      this.#clients.map(async ({ connection, message }) => {
        while (goesOn()) {
          const asked = performance.now();
          await connection.send(message);
          const now = performance.now();
          this.answered += 1;
          if (now <= end) milliseconds.push(now - asked);
        }
      }),
    );
    return { seconds: (performance.now() - started) / 1000, milliseconds };
  }
}
