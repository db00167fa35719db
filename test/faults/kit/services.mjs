// PgBouncer and Redis, as Debian has them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import process from 'node:process';
import { Redis as RedisClient } from 'ioredis';
import { freePort, until } from './scope.mjs';
import { findProgram, unprivileged } from './tools.mjs';
import { own } from './postgres.mjs';

export class PgBouncer {
  #scope;
  #ini;
  #name;
  #process;

  /** With PgBouncer's defaults, but for the mode of the pool. */
  static async start(scope, postgres, mode) {
    const pooler = new PgBouncer();
    pooler.#scope = scope;
    pooler.port = await freePort();
    pooler.#name = `pgbouncer-${mode}-${pooler.port}`;
    const folder = scope.path(pooler.#name);
    mkdirSync(folder);
    own(folder);
    pooler.#ini = `${folder}/pgbouncer.ini`;
    writeFileSync(
      pooler.#ini,
      `[databases]
* = host=127.0.0.1 port=${postgres.port} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${pooler.port}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
default_pool_size = 20
logfile = ${folder}/log
`,
    );
    await pooler.start();
    return pooler;
  }

  async start() {
    this.#process = this.#scope.spawn(this.#name, findProgram('pgbouncer'), [this.#ini], {
      ...unprivileged(),
      env: { PATH: process.env.PATH },
    });
    await until(() => accepts(this.port), 'PgBouncer listens', 10_000);
  }

  async stopAtOnce() {
    this.#process.kill('SIGKILL');
    await this.#process.ended;
  }

  url(database) {
    return `postgres://postgres@127.0.0.1:${this.port}/${database}`;
  }
}

export class Redis {
  #scope;
  #process;

  static async start(scope) {
    const redis = new Redis();
    redis.#scope = scope;
    redis.port = await freePort();
    await redis.start();
    return redis;
  }

  async start() {
    const options = [
      '--port',
      this.port,
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      '--dir',
      this.#scope.folder,
    ];
    this.#process = this.#scope.spawn('redis', findProgram('redis-server'), options.map(String), {
      env: { PATH: process.env.PATH },
    });
    await until(() => accepts(this.port), 'Redis listens', 10_000);
  }

  async stopAtOnce() {
    this.#process.kill('SIGKILL');
    await this.#process.ended;
  }

  url(port = this.port) {
    return `redis://127.0.0.1:${port}`;
  }

  async forgetAll() {
    await this.#ask((client) => client.flushall());
  }

  async keys() {
    return this.#ask((client) => client.dbsize());
  }

  async #ask(work) {
    const client = new RedisClient(this.port, '127.0.0.1', { maxRetriesPerRequest: 1 });
    client.on('error', () => undefined);
    try {
      return await work(client);
    } finally {
      client.disconnect();
    }
  }
}

export function accepts(port) {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}
