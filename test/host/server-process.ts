import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import pg from 'pg';
import { testDatabase } from '../support/application.js';

const START_PATIENCE_MS = 90_000;

/** Fast hashes and high limits: these specs test the process, not the limits. */
const VARIABLES = {
  HOST: '127.0.0.1',
  PORT: '0',
  APP_URL: 'http://app.test',
  APP_NAME: 'Acme',
  HASHING_MEMORY_KIB: '1024',
  HASHING_PASSES: '1',
  HASHING_QUEUE: '1000',
  THROTTLE_FACTOR: '100000',
  DRAIN_SECONDS: '0',
};

interface Options {
  /** environment variables; those of this process are not passed on */
  variables?: Record<string, string>;
  /** the working directory, with `.env` and `.data` */
  directory: string;
  /** by default the compiled server */
  program?: string;
}

export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** `node dist/main.js`, as production starts it. */
export class ServerProcess {
  stdout = '';
  stderr = '';
  readonly ended: Promise<Ending>;
  private readonly child: ChildProcess;

  private constructor({ variables = {}, directory, program = builtServer() }: Options) {
    this.child = spawn(process.execPath, [program], {
      cwd: directory,
      env: { PATH: process.env['PATH'], ...VARIABLES, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (text: Buffer) => (this.stdout += text.toString()));
    this.child.stderr?.on('data', (text: Buffer) => (this.stderr += text.toString()));
    this.ended = new Promise((done) => {
      this.child.on('close', (code, signal) => done({ code, signal }));
    });
  }

  /** Does not wait for anything. */
  static begin(options: Options): ServerProcess {
    return new ServerProcess(options);
  }

  /** Resolves when the server listens. */
  static async start(options: Options): Promise<ServerProcess> {
    const server = new ServerProcess(options);
    await server.printed('curl');
    return server;
  }

  /** For a server that cannot start. Resolves when the process has ended. */
  static async refused(options: Options): Promise<ServerProcess & Ending> {
    const server = new ServerProcess(options);
    const timer = setTimeout(() => server.kill('SIGKILL'), START_PATIENCE_MS);
    const ending = await server.ended;
    clearTimeout(timer);
    return Object.assign(server, ending);
  }

  get url(): string {
    return /Listening +(\S+)/.exec(this.stdout)?.[1] ?? '';
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ending> {
    this.kill(signal);
    return this.ended;
  }

  private async printed(text: string): Promise<void> {
    await new Promise<void>((done, fail) => {
      const timer = setTimeout(
        () => fail(new Error(`it did not start:\n${this.stdout}${this.stderr}`)),
        START_PATIENCE_MS,
      );
      const look = (): void => {
        if (!this.stdout.includes(text)) return;
        clearTimeout(timer);
        done();
      };
      this.child.stdout?.on('data', look);
      void this.ended.then(() => {
        clearTimeout(timer);
        fail(new Error(`it ended at once:\n${this.stdout}${this.stderr}`));
      });
    });
  }
}

/** Creates a working directory. */
export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'authentication-server-'));
}

/** A database for a server: the database of this worker on the Postgres server, or an empty embedded one. */
export function databaseUrl(directory: string, name = 'postgres'): string {
  const connection = testDatabase();
  if ('url' in connection) return connection.url;
  mkdirSync(join(directory, name));
  const dump = join(process.env['TEST_DATABASE_DIRECTORY'] ?? '', 'empty.tar');
  const { status } = spawnSync('tar', ['-xf', dump, '-C', join(directory, name)]);
  if (status !== 0) throw new Error(`${dump} cannot be unpacked`);
  return `pglite:${name}`;
}

/** Runs a statement on the database while no server uses it. */
export async function onDatabase(url: string, directory: string, statement: string): Promise<void> {
  if (url.startsWith('pglite:')) {
    const script = `
      const { PGlite } = await import('@electric-sql/pglite');
      const database = await PGlite.create(${JSON.stringify(join(directory, url.slice('pglite:'.length)))});
      await database.exec(${JSON.stringify(statement)});
      await database.close();`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
    if (status !== 0) throw new Error(stderr.toString());
    return;
  }
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}

let built: string | undefined;

/** `dist/` if it is newer than the sources, or a build of these specs, which is kept until the sources change. */
export function builtServer(): string {
  built ??=
    [resolve('dist'), buildDirectory()].map((directory) => join(directory, 'main.js')).find(isFresh) ??
    build();
  return built;
}

function isFresh(main: string): boolean {
  return (statSync(main, { throwIfNoEntry: false })?.mtimeMs ?? 0) > newestSource();
}

function newestSource(): number {
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).map((name) => join('src', name));
  return Math.max(
    ...['tsconfig.json', 'tsconfig.build.json', ...sources].map((path) => statSync(path).mtimeMs),
  );
}

function buildDirectory(): string {
  return resolve('node_modules/.cache/authentication-server', String(Math.round(newestSource())));
}

function build(): string {
  const target = buildDirectory();
  const draft = `${target}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  const { type } = JSON.parse(readFileSync('package.json', 'utf8')) as { type?: string };
  writeFileSync(join(draft, 'package.json'), JSON.stringify({ type }));
  const compiler = resolve('node_modules/typescript/bin/tsc');
  const options = [
    '-p',
    'tsconfig.build.json',
    '--outDir',
    draft,
    '--tsBuildInfoFile',
    join(draft, '.tsbuildinfo'),
  ];
  spawnSync(process.execPath, [compiler, ...options]);
  try {
    renameSync(draft, target);
  } catch {
    // Another worker has finished the same build.
    rmSync(draft, { recursive: true, force: true });
  }
  return join(target, 'main.js');
}
