// What one fault starts and makes: processes, folders, mounts. All of it is gone when the scope is closed, on Ctrl-C and
// after a failure too.
import { spawn } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';

const open = new Set();

export class Scope {
  #endings = [];
  #children = new Set();

  constructor(name) {
    this.folder = mkdtempSync(join(tmpdir(), `faults-${name}-`));
    // Postgres and PgBouncer do not run as root: they must be able to reach their own folders inside.
    chmodSync(this.folder, 0o755);
    open.add(this);
  }

  /** Runs at the end, the last one first. */
  defer(ending) {
    this.#endings.push(ending);
  }

  path(...parts) {
    return join(this.folder, ...parts);
  }

  /** Starts a process. Its output is in `process.output()`. */
  spawn(name, command, args, { env = {}, cwd = this.folder, uid, gid } = {}) {
    const child = new Child(name, this.path(`${name}.log`), command, args, { env, cwd, uid, gid });
    this.#children.add(child);
    void child.ended.then(() => this.#children.delete(child));
    return child;
  }

  async close() {
    for (const ending of this.#endings.splice(0).reverse()) {
      try {
        await ending();
      } catch {
        // The next ones still have to run.
      }
    }
    const children = [...this.#children];
    this.kill();
    await Promise.race([Promise.all(children.map((child) => child.ended)), pause(5000)]);
    // Backends of a Postgres that was just killed may still write for a moment.
    for (let attempt = 0; attempt < 20; attempt += 1) {
      try {
        rmSync(this.folder, { recursive: true, force: true });
        break;
      } catch {
        await pause(100);
      }
    }
    open.delete(this);
  }

  kill() {
    for (const child of this.#children) child.kill('SIGKILL');
  }

  static async closeAll() {
    await Promise.all([...open].map((scope) => scope.close()));
  }
}

// The last resort, when nothing can be awaited any more.
process.on('exit', () => {
  for (const scope of open) scope.kill();
});

class Child {
  #child;
  #exit = null;

  constructor(name, log, command, args, options) {
    this.name = name;
    this.log = log;
    const file = openSync(log, 'a');
    this.#child = spawn(command, args, { ...options, stdio: ['ignore', file, file] });
    closeSync(file);
    this.ended = new Promise((done) => {
      this.#child.once('error', (error) => done({ code: null, signal: null, error }));
      this.#child.once('exit', (code, signal) => done({ code, signal }));
    }).then((exit) => (this.#exit = exit));
  }

  get pid() {
    return this.#child.pid;
  }

  get isRunning() {
    return this.#exit === null;
  }

  get exit() {
    return this.#exit;
  }

  output() {
    return readFileSync(this.log, 'utf8');
  }

  kill(signal) {
    if (this.isRunning) this.#child.kill(signal);
  }

  /** @returns how it ended and after how many milliseconds, or null when it still runs after `patience` */
  async endsWithin(patience) {
    const started = performance.now();
    const exit = await Promise.race([this.ended, pause(patience, null, { ref: false })]);
    return exit === null ? null : { ...exit, ms: performance.now() - started };
  }
}

export async function freePort() {
  const server = createServer();
  await new Promise((done, fail) => {
    server.once('error', fail);
    server.listen(0, '127.0.0.1', done);
  });
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** Waits for a truthy value. @throws Error that names what did not come */
export async function until(look, what, patience = 30_000, every = 50) {
  const end = performance.now() + patience;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > end)
      throw new Error(`${what}: not within ${Math.round(patience / 1000)} seconds`);
    await pause(every);
  }
}
