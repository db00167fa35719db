// Postgres servers with a data directory of their own.
import { execFileSync } from 'node:child_process';
import { appendFileSync, chownSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import pg from 'pg';
import { freePort, until } from './scope.mjs';
import { postgresPrograms, unprivileged } from './tools.mjs';

/** `fsync` stays on: the tests stop these servers in every way. */
const SETTINGS = `
listen_addresses = '127.0.0.1'
max_connections = 120
shared_buffers = 32MB
max_wal_size = 256MB
log_min_messages = fatal
`;

/** A data directory that `initdb` made once for all of them. */
function template(scope) {
  const made = scope.path('template');
  if (existsSync(made)) return made;
  own(mkdirSync(made, { recursive: true }) ?? made);
  run('initdb', ['-D', made, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']);
  return made;
}

export function own(path) {
  const { uid, gid } = unprivileged();
  if (uid !== undefined) chownSync(path, uid, gid);
}

function run(program, args) {
  try {
    execFileSync(join(postgresPrograms(), program), args, {
      ...unprivileged(),
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: '/',
    });
  } catch (error) {
    throw new Error(`${program} failed: ${String(error.stderr).trim().split('\n').pop()}`);
  }
}

export class Postgres {
  #scope;
  #name;
  #process;

  constructor(scope, name, port) {
    this.#scope = scope;
    this.#name = name;
    this.port = port;
    this.data = scope.path(name);
  }

  /** @param shared the scope that keeps the template of all of them */
  static async start(scope, shared, { name = 'postgres', settings = '' } = {}) {
    const server = new Postgres(scope, name, await freePort());
    execFileSync('cp', ['-a', template(shared), server.data]);
    appendFileSync(join(server.data, 'postgresql.conf'), SETTINGS + settings);
    appendFileSync(join(server.data, 'pg_hba.conf'), 'host replication all 127.0.0.1/32 trust\n');
    await server.start();
    return server;
  }

  /** A standby of this server, streaming. From now on a commit waits until the standby has it. */
  async standby() {
    const standby = new Postgres(this.#scope, `${this.#name}-standby`, await freePort());
    mkdirSync(standby.data, { mode: 0o700 });
    own(standby.data);
    run('pg_basebackup', [
      '-h',
      '127.0.0.1',
      '-p',
      String(this.port),
      '-U',
      'postgres',
      '-D',
      standby.data,
      '-R',
      '-X',
      'stream',
      '-c',
      'fast',
    ]);
    await standby.start();
    // Only a standby that streams may be waited for: before, every commit would hang.
    await until(
      async () =>
        (await this.query("SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'")).length > 0,
      'The standby streams',
    );
    await this.query("ALTER SYSTEM SET synchronous_standby_names = '*'");
    await this.query('SELECT pg_reload_conf()');
    await until(
      async () =>
        (await this.query("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'")).length > 0,
      'The standby is synchronous',
    );
    return standby;
  }

  get isRunning() {
    return this.#process?.isRunning ?? false;
  }

  async start() {
    this.#process = this.#scope.spawn(
      this.#name,
      join(postgresPrograms(), 'postgres'),
      ['-D', this.data, '-p', String(this.port), '-k', this.data],
      {
        ...unprivileged(),
        env: { PATH: process.env.PATH, LC_ALL: 'C' },
        cwd: '/',
      },
    );
    await until(async () => {
      if (!this.#process.isRunning)
        throw new Error(`Postgres did not start:\n${this.#process.output().slice(-600)}`);
      return this.query('SELECT 1').catch(() => null);
    }, 'Postgres answers');
  }

  /** Stops at once, without writing anything: as a machine that loses power. */
  async stopAtOnce() {
    this.#process.kill('SIGQUIT');
    await this.#process.ended;
  }

  async promote() {
    await this.query('SELECT pg_promote(true, 30)');
  }

  url(database = 'postgres', port = this.port) {
    return `postgres://postgres@127.0.0.1:${port}/${database}`;
  }

  /** One statement on a connection of its own. */
  async query(text, values = [], database = 'postgres') {
    const client = await this.connect(database);
    try {
      return (await client.query(text, values)).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** A connection, which the caller ends. */
  async connect(database = 'postgres') {
    const client = new pg.Client({ connectionString: this.url(database), connectionTimeoutMillis: 3000 });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** Ends the connections of a database. @returns how many */
  async terminate(database, limit = 1000) {
    const rows = await this.query(
      `SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity
         WHERE datname = $1 AND pid <> pg_backend_pid() ORDER BY random() LIMIT $2) AS chosen`,
      [database, limit],
    );
    return rows.length;
  }
}

/** A folder of its own on a small file system in memory. Wants root, and the right to mount. */
export function smallDisk(scope, name, megabytes) {
  const folder = scope.path(name);
  mkdirSync(folder);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=777`, 'tmpfs', folder], {
    stdio: 'ignore',
  });
  scope.defer(() => execFileSync('umount', ['-l', folder], { stdio: 'ignore' }));
  return folder;
}
