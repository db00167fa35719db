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

export class Running {
  static async start({ contestant, url, folder, cpu }) {
    const { name, file, args, isPeer = false, settings = {} } = contestant;
    const variables = { PATH, HOME, TMPDIR, LANG, ...(isPeer ? FOR_PEERS : SETTINGS), ...settings };
    const [command, ...words] = pinned(cpu, [process.execPath, join(BENCH, file), ...args]);
    const errors = join(folder, `${name}.err`);
    // Lines of a log are written to a file, as on a server. Nothing else would be waiting for them.
    const outputs = [openSync(join(folder, `${name}.out`), 'a'), openSync(errors, 'a')];
    const child = spawn(command, words, {
      cwd: folder,
      env: { ...variables, ...(url === undefined ? {} : { DATABASE_URL: url }) },
      stdio: ['ignore', ...outputs, 'ipc'],
    });
    outputs.forEach(closeSync);
    const running = new Running(contestant, child);
    const started = await Promise.race([once(child, 'message'), once(child, 'exit')]);
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`${name} did not start:\n${readFileSync(errors, 'utf8').slice(-3000)}`);
    }
    running.port = started[0].port;
    return running;
  }

  #child;

  constructor(contestant, child) {
    this.contestant = contestant;
    this.#child = child;
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
