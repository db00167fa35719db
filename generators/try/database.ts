import { join } from 'node:path';
import pg from 'pg';
import { DATABASE } from '../plan/addition/env-example.js';
import { readIfThere } from '../project/files.js';

const CONNECT_WITHIN_MS = 3000;

/** An empty database on the project's Postgres server, which is dropped at the end. No other is touched. */
export class ThrowAwayDatabase {
  private constructor(
    private readonly server: string,
    private readonly name: string,
  ) {}

  get url(): string {
    const url = new URL(this.server);
    url.pathname = `/${this.name}`;
    return url.href;
  }

  /** @returns null if there is no server, or if it lets us create no database */
  static async create(directory: string): Promise<ThrowAwayDatabase | null> {
    const name = `authentication_zero_try_${process.pid}_${Date.now().toString(36)}`;
    for (const server of serversOf(directory)) {
      try {
        await run(server, `CREATE DATABASE "${name}"`);
        return new ThrowAwayDatabase(server, name);
      } catch {
        // The next one may answer.
      }
    }
    return null;
  }

  async has(schema: string): Promise<boolean> {
    const found = await run(this.url, `SELECT 1 FROM pg_namespace WHERE nspname = '${schema}'`);
    return found > 0;
  }

  async drop(): Promise<void> {
    await run(this.server, `DROP DATABASE IF EXISTS "${this.name}" WITH (FORCE)`);
  }
}

/** That of the environment, that of the .env file, and the one that the root module uses without either. */
function serversOf(directory: string): string[] {
  const [, inFile] =
    /^(?:export )?DATABASE_URL=["']?([^"'\r\n]+)/m.exec(readIfThere(join(directory, '.env')) ?? '') ?? [];
  return [process.env['DATABASE_URL'], inFile?.trim(), DATABASE].filter(
    (url): url is string => url !== undefined && /^postgres(ql)?:\/\//.test(url) && URL.canParse(url),
  );
}

/** @returns the number of rows */
async function run(server: string, statement: string): Promise<number> {
  const client = new pg.Client({ connectionString: server, connectionTimeoutMillis: CONNECT_WITHIN_MS });
  // A server that goes away says so here; the statement fails, too.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(statement)).rows.length;
  } finally {
    await client.end();
  }
}
