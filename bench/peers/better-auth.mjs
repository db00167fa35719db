// Better Auth behind its own handler for node:http, as its documents say it: a pool of pg, its joins switched on, its
// cookie cache with the argument "cookie-cache". Without limits per client, telemetry and log.
import { createServer } from 'node:http';
import process from 'node:process';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import pg from 'pg';
import { report } from '../kit/report.mjs';

const options = {
  baseURL: 'http://127.0.0.1:3000',
  secret: 'a secret of this benchmark, which protects nothing',
  database: new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 }),
  advanced: { database: { joins: true } },
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { disabled: true },
  session: { cookieCache: { enabled: process.argv[2] === 'cookie-cache', maxAge: 300 } },
};
const { runMigrations } = await getMigrations(options);
await runMigrations();

const server = createServer(toNodeHandler(betterAuth(options)));
process.once('SIGINT', () => process.exit(0));
server.listen(0, '127.0.0.1', () => report(server));
