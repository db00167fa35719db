export { prepareDatabases as setup, removeDatabases as teardown } from './databases.mjs';
