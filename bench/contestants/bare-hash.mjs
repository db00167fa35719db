// The lower limit of a sign-in: node:http and one verification of a password with our parameters. No database.
import { createServer } from 'node:http';
import process from 'node:process';
import { argon2id, hash, verify } from 'argon2';
import { DEFAULTS } from '../../dist/authentication/core/settings/defaults.js';
import { PASSWORD } from '../kit/people.mjs';
import { report } from '../kit/report.mjs';

const digest = await hash(PASSWORD, {
  type: argon2id,
  memoryCost: DEFAULTS.HASHING_MEMORY_KIB,
  timeCost: DEFAULTS.HASHING_PASSES,
  parallelism: DEFAULTS.HASHING_LANES,
});

const server = createServer(async (request, response) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  const body = JSON.stringify(await verify(digest, JSON.parse(text).password));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
});
process.once('SIGINT', () => process.exit(0));
server.listen(0, '127.0.0.1', () => report(server));
