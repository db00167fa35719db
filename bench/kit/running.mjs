// A contestant that runs: its process, its database, and what it says of its CPU time and memory.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { pinned } from './cpus.mjs';

const BENCH = fileURLToPath(new URL('..', import.meta.url));

/** Without limits per client; each client names its address, so that no two of them share a queue. */
const SETTINGS = { NODE_ENV: 'test', THROTTLE_FACTOR: '1000000', TRUSTED_PROXIES: '127.0.0.1' };
const FOR_PEERS = { NODE_ENV: 'production' };
/** What the shell of whoever measures must not change. */
const { PATH, HOME, TMPDIR, LANG } = process.env;

/** A start migrates a database, perhaps on a busy machine. */
const PATIENCE = 120_000;

export class Running {
  #child;
  #errors;

  /** Starts it. `listening` must be awaited before it is asked anything. */
  constructor({ contestant, url, folder, cpu }) {
    const { name, file, args, isPeer = false, settings = {} } = contestant;
    const variables = { PATH, HOME, TMPDIR, LANG, ...(isPeer ? FOR_PEERS : SETTINGS), ...settings };
    const [command, ...words] = pinned(cpu, [process.execPath, join(BENCH, file), ...args]);
    this.contestant = contestant;
    this.#errors = join(folder, `${name}.err`);
    // Lines of a log are written to a file, as on a server.
    const outputs = [openSync(join(folder, `${name}.out`), 'a'), openSync(this.#errors, 'a')];
    this.#child = spawn(command, words, {
      cwd: folder,
      env: { ...variables, ...(url === undefined ? {} : { DATABASE_URL: url }) },
      stdio: ['ignore', ...outputs, 'ipc'],
    });
    outputs.forEach(closeSync);
  }

  async listening() {
    const signal = AbortSignal.timeout(PATIENCE);
    const [message] = await Promise.race(
      ['message', 'exit'].map((event) => once(this.#child, event, { signal })),
    );
    this.port = message?.port;
    if (this.port !== undefined) return this;
    const errors = readFileSync(this.#errors, 'utf8').slice(-3000);
    throw new Error(`${this.contestant.name} did not start:\n${errors}`);
  }

  /** @returns {Promise<{ cpu: number, memory: number }>} microseconds of all its threads, and bytes */
  async usage() {
    this.#child.send('usage');
    const [answer] = await once(this.#child, 'message');
    return answer;
  }

  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}
