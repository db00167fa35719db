import process from 'node:process';
import { openTestDatabase } from './databases.mjs';

// Runs before every spec file. The worker's database is created for the first file and emptied for each later one.
const opened = await openTestDatabase(process.env.VITEST_POOL_ID ?? '1', globalThis.openedTestDatabase);
globalThis.openedTestDatabase = opened;
globalThis.testDatabase = opened.connection;
