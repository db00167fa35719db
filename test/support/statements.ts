import type { PoolClient } from 'pg';
import { Database } from '../../src/authentication/core/database/database.js';
import type { TestApplication } from './application.js';
import { withMailsAtRest } from './mails-at-rest.js';

/** Records the SQL statements of requests, without their parameters. */
export class Statements {
  private readonly known = new WeakSet<PoolClient>();
  private recorded: string[] | null = null;

  constructor(private readonly app: TestApplication) {
    app.get(Database).pool.on('acquire', (client) => {
      this.watch(client);
    });
  }

  /** The statements of one request, in order. The mail worker rests meanwhile. */
  async of(request: () => PromiseLike<unknown>): Promise<string[]> {
    return withMailsAtRest(this.app, async () => {
      this.recorded = [];
      try {
        await request();
        return this.recorded.filter((text) => !isUpkeep(text));
      } finally {
        this.recorded = null;
      }
    });
  }

  private watch(client: PoolClient): void {
    if (this.known.has(client)) return;
    this.known.add(client);
    const query = client.query.bind(client) as (...parameters: unknown[]) => unknown;
    client.query = (...parameters: unknown[]) => {
      const [first] = parameters as [string | { text: string }];
      const text = typeof first === 'string' ? first : first.text;
      this.recorded?.push(text.replace(/\s+/g, ' ').trim());
      return query(...parameters) as never;
    };
  }
}

/** Gives a function that signs in, and returns the statements of it. */
export function statementsOfSignIns(
  app: TestApplication,
): (email: string, password: string, status: number) => Promise<string[]> {
  const statements = new Statements(app);
  return async (email, password, status) => {
    const request = () => app.anonymous.post('/sign_in').send({ email, password }).expect(status);
    // The first request on a connection may send more.
    await request();
    return statements.of(request);
  };
}

/** The queue's own upkeep, and a proof that notifications are heard, are not of the request. */
function isUpkeep(text: string): boolean {
  if (text.startsWith('SELECT pg_notify(')) return true;
  return !text.startsWith('INSERT') && text.includes('authentication_jobs');
}
