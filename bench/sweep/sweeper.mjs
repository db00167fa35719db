// Another instance of the server: it sweeps once and reports how long its statements took.
import process from 'node:process';
import { Database } from '../../dist/authentication/core/database/database.js';
import { Sweeper } from '../../dist/authentication/core/sweeping/sweeper.js';
import { serverSettings } from '../../dist/config/settings.js';
import { databaseConnection } from '../../dist/database/connection.js';
import { createApplication } from '../../dist/http/application.js';

const settings = serverSettings(process.env);
const application = await createApplication(settings, await databaseConnection(settings.databaseUrl, 10));
const { manager } = application.get(Database, { strict: false });
const query = manager.query.bind(manager);
const times = [];
manager.query = async (...statement) => {
  const started = performance.now();
  const answer = await query(...statement);
  times.push(performance.now() - started);
  return answer;
};
const started = performance.now();
const rows = await application.get(Sweeper, { strict: false }).sweep();
process.send({
  rows,
  milliseconds: performance.now() - started,
  statements: times.length,
  median: times.sort((a, b) => a - b)[Math.floor(times.length / 2)],
  longest: times.at(-1),
});
await application.close();
process.disconnect();
