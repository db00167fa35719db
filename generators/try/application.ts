import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PRELOAD } from './preload.js';
import type { Command } from './start-command.js';

const MOST_KEPT = 20_000;
const LINES_SHOWN = 12;
const POLL_MS = 200;

/** The application of the project, in a process group of its own. */
export class TriedApplication {
  readonly base: string;
  private output = '';
  private child: ChildProcess | null = null;
  private stopping: Promise<void> | null = null;
  private readonly folder = mkdtempSync(join(tmpdir(), 'authentication-try-'));

  private constructor(
    private readonly directory: string,
    private readonly port: number,
  ) {
    this.base = `http://127.0.0.1:${port}`;
  }

  static async on(directory: string): Promise<TriedApplication> {
    return new TriedApplication(directory, await freePort());
  }

  /** @returns whether it answers HTTP before the deadline */
  async start(
    commands: readonly Command[],
    variables: Record<string, string>,
    deadline: number,
  ): Promise<boolean> {
    for (const [at, command] of commands.entries()) {
      if (this.isStopped()) return false;
      const ended = this.run(command, variables);
      if (at < commands.length - 1) {
        if ((await Promise.race([ended, until(deadline)])) !== 0) return false;
        continue;
      }
      while (!this.isStopped() && Date.now() < deadline) {
        if (await this.answers()) return true;
        const isOver = ended.then(() => true);
        if (await Promise.race([isOver, until(Date.now() + POLL_MS)])) return false;
      }
    }
    return false;
  }

  /** What it said last. */
  get lastLines(): string[] {
    const plain = this.output.replace(/\u001B\[[0-9;]*m/g, '');
    return plain
      .split(/\r?\n/)
      .filter((line) => line.trim() !== '')
      .slice(-LINES_SHOWN);
  }

  isStopped(): boolean {
    return this.stopping !== null;
  }

  /** Ends all of its processes. */
  stop(): Promise<void> {
    this.stopping ??= this.end();
    return this.stopping;
  }

  private async end(): Promise<void> {
    const { child } = this;
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      const closed = new Promise((resolve) => child.once('close', resolve));
      this.signal('SIGTERM');
      const timer = setTimeout(() => this.signal('SIGKILL'), 5000);
      await closed;
      clearTimeout(timer);
    }
    // A script may end before what it started.
    this.signal('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  private run({ command, args }: Command, variables: Record<string, string>): Promise<number | null> {
    const preload = join(this.folder, 'preload.cjs');
    writeFileSync(preload, PRELOAD);
    const options = [process.env['NODE_OPTIONS'], `--require ${JSON.stringify(preload)}`];
    const child = spawn(command, [...args], {
      cwd: this.directory,
      detached: process.platform !== 'win32',
      shell: process.platform === 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...variables,
        PORT: String(this.port),
        AUTHENTICATION_TRY_PORT: String(this.port),
        AUTHENTICATION_TRY_PID: String(process.pid),
        NODE_OPTIONS: options.filter((each) => each !== undefined && each !== '').join(' '),
      },
    });
    this.child = child;
    const keep = (chunk: Buffer): void => {
      this.output = (this.output + chunk.toString()).slice(-MOST_KEPT);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    return new Promise((resolve) => {
      child.once('error', ({ message }) => {
        keep(Buffer.from(message));
        resolve(null);
      });
      child.once('close', resolve);
    });
  }

  private async answers(): Promise<boolean> {
    try {
      await fetch(this.base, { redirect: 'manual', signal: AbortSignal.timeout(2000) });
      return true;
    } catch {
      return false;
    }
  }

  private signal(name: NodeJS.Signals): void {
    const { child } = this;
    if (child?.pid === undefined) return;
    try {
      if (process.platform === 'win32') child.kill(name);
      else process.kill(-child.pid, name);
    } catch {
      // All of its processes have ended.
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function until(time: number): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), Math.max(0, time - Date.now())));
}
