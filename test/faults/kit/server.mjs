// The server under test, started as production starts it.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import process from 'node:process';
import { until } from './scope.mjs';
import { fakeTimeLibrary } from './tools.mjs';

const MAIN = resolve('dist/main.js');
const START_PATIENCE = 60_000;

/** Cheap hashes and high limits: these tests try faults, not limits. Everything else has its default. */
const SETTINGS = {
  NODE_ENV: 'production',
  HOST: '127.0.0.1',
  PORT: '0',
  APP_URL: 'http://app.test',
  MAIL_FROM: 'Test <no-reply@app.test>',
  HASHING_MEMORY_KIB: '1024',
  HASHING_PASSES: '1',
  HASHING_QUEUE: '1000',
  THROTTLE_FACTOR: '100000',
  LOG_LEVEL: 'warn',
};

let count = 0;

export class Server {
  /** @param settings environment variables over the usual ones; `command` wraps node, as `unshare` does */
  constructor(scope, settings, { command = [], name = 'server', folder } = {}) {
    if (!existsSync(MAIN)) throw new Error('dist/main.js is missing: run `npm run build` first');
    count += 1;
    this.folder = folder ?? scope.path(`${name}-${count}`);
    mkdirSync(this.folder, { recursive: true });
    const [program, ...args] = [...command, process.execPath, MAIN];
    this.process = scope.spawn(`${name}-${count}`, program, args, {
      cwd: this.folder,
      env: { PATH: process.env.PATH, ...SETTINGS, ...settings },
    });
  }

  static async start(scope, settings, options) {
    const server = new Server(scope, settings, options);
    await server.listens();
    return server;
  }

  async listens(patience = START_PATIENCE) {
    await until(
      () => {
        if (!this.process.isRunning)
          throw new Error(
            `The server ended: ${JSON.stringify(this.process.exit)}\n${this.output.slice(-1500)}`,
          );
        return this.url !== null;
      },
      'The server listens',
      patience,
    );
  }

  get output() {
    return this.process.output();
  }

  get url() {
    return /Listening +(\S+)/.exec(this.output)?.[1] ?? null;
  }

  get isRunning() {
    return this.process.isRunning;
  }

  /** The lines of the log with this event. */
  logged(event) {
    return this.output.split('\n').filter((line) => line.includes(`"event":"${event}"`));
  }

  async killAtOnce() {
    this.process.kill('SIGKILL');
    await this.process.ended;
  }

  async stop() {
    this.process.kill('SIGTERM');
    if ((await this.process.endsWithin(30_000)) === null) await this.killAtOnce();
  }
}

export const newSecretKey = () => randomBytes(32).toString('base64');

/** The clock of a process, which can be set while the process runs. */
export class FakeClock {
  #file;

  constructor(scope) {
    this.#file = scope.path('clock');
    this.set('+0');
  }

  get settings() {
    return {
      LD_PRELOAD: fakeTimeLibrary(),
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_NO_CACHE: '1',
      // As on a real machine: setting the clock does not move the timers.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
  }

  /** @param offset as faketime takes it: `+1d`, `-10m`, `+0` */
  set(offset) {
    writeFileSync(this.#file, `${offset}\n`);
    utimesSync(this.#file, new Date(), new Date());
  }
}

/** The process that a wrapper such as `unshare` started. */
export function onlyChildOf(pid) {
  try {
    const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    return child === '' ? null : Number(child);
  } catch {
    return null;
  }
}

/** Runs a script of package.json with the settings of a server, such as `mails`. @returns its output; throws on failure */
export function npmRun(script, args, settings, cwd = process.cwd()) {
  return execFileSync('npm', ['run', '--silent', script, '--', ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...SETTINGS, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
}
