// Postgres by DATABASE_URL, or a cluster of its own in a temporary folder.
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import pg from 'pg';
import { pinned } from './cpus.mjs';
import { UsageError } from './options.mjs';

const PREFIX = `bench_${process.pid}_`;
/** Every contestant has a pool of ten. */
const MAX_CONNECTIONS = 300;

export class Postgres {
  static async open({ cleanup, folder, cpu }) {
    const given = process.env.DATABASE_URL ?? '';
    if (given !== '' && !/^postgres(ql)?:\/\//.test(given)) {
      throw new UsageError(
        'DATABASE_URL must be a postgres:// URL; unset it to measure on a cluster of our own.',
      );
    }
    const url = given === '' ? await ownCluster(cleanup, folder, cpu) : given;
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    await client.connect();
    cleanup.add(() => client.end());
    const postgres = new Postgres(url, client);
    await postgres.#look(given === '');
    // A cluster of our own is thrown away with all that is in it.
    if (!postgres.isOwn) cleanup.add(() => postgres.#dropAll());
    return postgres;
  }

  #url;
  #client;
  #databases = new Set();

  constructor(url, client) {
    this.#url = url;
    this.#client = client;
  }

  async #look(own) {
    const { rows } = await this.#client.query(
      `SELECT current_setting('server_version') AS version, pg_backend_pid() AS pid,
        current_setting('max_connections')::int AS connections`,
    );
    const [{ version, pid, connections }] = rows;
    this.version = version;
    this.isOwn = own;
    this.connections = connections;
    // Another machine, another container, or not Linux.
    const name = `/proc/${pid}/cmdline`;
    this.showsCpu = existsSync(name) && readFileSync(name, 'utf8').startsWith('postgres');
  }

  /** @returns the URL of a new database, empty or a copy of another one */
  async create(name, template) {
    const database = nameOf(name);
    if (template !== undefined) await this.#disconnectAll(nameOf(template));
    this.#databases.add(database);
    const copy = template === undefined ? '' : ` TEMPLATE ${nameOf(template)}`;
    await this.#client.query(`CREATE DATABASE ${database}${copy}`);
    const url = new URL(this.#url);
    url.pathname = `/${database}`;
    return url.href;
  }

  async drop(name) {
    const database = nameOf(name);
    await this.#client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    this.#databases.delete(database);
  }

  /**
   * Starts to count the CPU time of a database's backends, and of what vacuums it.
   * @returns a function that gives the microseconds since then, or null where they cannot be read
   */
  async cpuMeter(name) {
    if (!this.showsCpu) return async () => null;
    const before = await this.#cpuTimes(name);
    return async () => {
      let sum = 0;
      for (const [pid, time] of await this.#cpuTimes(name)) sum += time - (before.get(pid) ?? 0);
      return sum;
    };
  }

  async #cpuTimes(name) {
    const { rows } = await this.#client.query('SELECT pid FROM pg_stat_activity WHERE datname = $1', [
      nameOf(name),
    ]);
    return new Map(rows.map(({ pid }) => [pid, cpuTimeOf(pid)]));
  }

  /** A database that somebody uses cannot be copied. A backend ends a moment after its client. */
  async #disconnectAll(database) {
    for (let left = 1; left > 0;) {
      const { rowCount } = await this.#client.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1',
        [database],
      );
      left = rowCount;
      if (left > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async #dropAll() {
    for (const database of this.#databases) {
      await this.#client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    }
  }
}

const nameOf = (name) => PREFIX + name.replaceAll('-', '_');

/** Microseconds. The kernel counts them in nanoseconds in `schedstat`, and in ticks of 10 ms in `stat`. */
function cpuTimeOf(pid) {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1000;
  } catch {
    return ticksOf(pid) * 10_000;
  }
}

function ticksOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return 0;
  }
}

async function ownCluster(cleanup, folder, cpu) {
  const bin = binaries();
  const root = join(folder, 'postgres');
  mkdirSync(root);
  if (process.getuid?.() === 0) {
    const { stdout } = spawnSync('id', ['-u', 'postgres'], { encoding: 'utf8' });
    if (stdout.trim() === '')
      throw new UsageError('Postgres does not run as root, and there is no user "postgres".');
    chownSync(root, Number(stdout), -1);
  }
  const port = await freePort();
  const data = join(root, 'data');
  asPostgres([`${bin}initdb`, '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C']);
  const settings = `-p ${port} -k ${root} -c listen_addresses=127.0.0.1 -c max_connections=${MAX_CONNECTIONS}`;
  cleanup.add(() => asPostgres([`${bin}pg_ctl`, '-D', data, '-m', 'immediate', 'stop']));
  asPostgres(
    pinned(cpu, [`${bin}pg_ctl`, '-D', data, '-w', '-l', join(root, 'log'), '-o', settings, 'start']),
  );
  return `postgres://postgres@127.0.0.1:${port}/postgres`;
}

/** @returns the folder of the newest Postgres, with a slash at its end */
function binaries() {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...versions.map((version) => join(debian, version, 'bin')),
  ];
  const found = folders.find((path) => existsSync(join(path, 'initdb')) && existsSync(join(path, 'pg_ctl')));
  if (found !== undefined) return `${found}/`;
  throw new UsageError(
    'No Postgres: set DATABASE_URL to a server, or install one (initdb and pg_ctl were not found).',
  );
}

function asPostgres(command) {
  const [program, ...args] =
    process.getuid?.() === 0
      ? ['su', 'postgres', '-s', '/bin/sh', '-c', command.map((word) => `'${word}'`).join(' ')]
      : command;
  // pg_ctl leaves a server behind that would keep a pipe open.
  const { status, error } = spawnSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'], cwd: '/' });
  if (status !== 0) throw new Error(`${command.join(' ')} failed${error ? `: ${error.message}` : ''}`);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
