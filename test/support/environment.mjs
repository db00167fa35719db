import { TestEnvironment } from 'jest-environment-node';
import process from 'node:process';
import { openTestDatabase } from './databases.mjs';

// The embedded Postgres is made here, once per worker. Inside Jest's VM it would kill the process.
let opened;

export default class DatabaseEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    opened = await openTestDatabase(process.env.JEST_WORKER_ID ?? '1', opened);
    this.global.testDatabase = opened.connection;
  }

  async teardown() {
    opened?.rest();
    await super.teardown();
  }
}
