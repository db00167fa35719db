// The lower limit: node:http and pg with the guard's statement, and the row as JSON. No framework, no checks.
import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import process from 'node:process';
import pg from 'pg';
import { AuthenticationModule } from '../../dist/authentication/authentication.module.js';
import { SessionStatement } from '../../dist/authentication/sessions/session-lookup.js';
import { ROOT_REALM_ID } from '../../dist/authentication/core/realms/realm.js';
import { report } from '../kit/report.mjs';

const DAY = 86_400;
const dataSource = await AuthenticationModule.dataSource({ url: process.env.DATABASE_URL }).initialize();
const { statement } = new SessionStatement(dataSource);
await dataSource.destroy();
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });

const server = createServer(async (request, response) => {
  const digest = createHash('sha256').update(request.headers['x-session-token']).digest();
  const { rows } = await pool.query({
    ...statement,
    values: [digest, ROOT_REALM_ID, 14 * DAY, 90 * DAY],
    rowMode: 'array',
  });
  const body = JSON.stringify(rows[0]);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
});
process.once('SIGINT', () => process.exit(0));
server.listen(0, '127.0.0.1', () => report(server));
