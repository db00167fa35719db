// The server as it is shipped, with @node-rs/argon2 in place of argon2.
import process from 'node:process';
import * as nodeRs from '../../dist/authentication/core/passwords/node-rs-hashing.js';
import { serverSettings } from '../../dist/config/settings.js';
import { databaseConnection } from '../../dist/database/connection.js';
import { createApplication } from '../../dist/http/application.js';
import { report } from '../kit/report.mjs';

const [NodeRsHashing] = Object.values(nodeRs);
const settings = serverSettings({ ...process.env, HTTP_ADAPTER: process.argv[2] });
const database = await databaseConnection(settings.databaseUrl, 10);
const application = await createApplication(settings, database, {
  hasher: new NodeRsHashing(settings.authentication.hashing),
});
await application.listen(0, '127.0.0.1');
report(application.getHttpServer());
