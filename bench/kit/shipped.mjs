// The server as it is shipped, with parsers, log lines, filters and time-outs.
import process from 'node:process';
import { serverSettings } from '../../dist/config/settings.js';
import { databaseConnection } from '../../dist/database/connection.js';
import { createApplication } from '../../dist/http/application.js';
import { report } from './report.mjs';

const settings = serverSettings({ ...process.env, HTTP_ADAPTER: process.argv[2] });
const application = await createApplication(settings, await databaseConnection(settings.databaseUrl, 10));
await application.listen(0, '127.0.0.1');
report(application.getHttpServer());
