export { removeDatabases as default } from './databases.mjs';
