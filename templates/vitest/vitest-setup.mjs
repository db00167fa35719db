import process from 'node:process';
import { openTestDatabase } from './databases.mjs';

// Runs before every file; the worker's database is made for the first and emptied for each further one.
const opened = await openTestDatabase(process.env.VITEST_POOL_ID ?? '1', globalThis.openedTestDatabase);
globalThis.openedTestDatabase = opened;
globalThis.testDatabase = opened.connection;
