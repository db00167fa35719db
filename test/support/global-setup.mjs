export { prepareDatabases as default } from './databases.mjs';
