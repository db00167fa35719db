// The lower limit: node:http and pg with the guard's statement, and the row as JSON. No framework, no checks.
import 'reflect-metadata';
import { createServer } from 'node:http';
import process from 'node:process';
import { report } from '../kit/report.mjs';
import { sessionQuery } from '../kit/session-query.mjs';

const findSession = await sessionQuery(process.env.DATABASE_URL);

const server = createServer(async (request, response) => {
  const body = JSON.stringify(await findSession(request.headers['x-session-token']));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
});
process.once('SIGINT', () => process.exit(0));
server.listen(0, '127.0.0.1', () => report(server));
