import type { Response, Test } from 'supertest';
import { Database } from '../../src/authentication/core/database/database.js';
import { isEmbedded, type TestApplication } from './application.js';
import { until } from './until.js';

// Called before any application runs, because it opens the connection, which drops prepared statements.
const EMBEDDED = isEmbedded();

type Meanwhile = (query: (text: string, values: unknown[]) => Promise<unknown>) => Promise<unknown>;

const nothing: Meanwhile = () => Promise.resolve();

/**
 * Locks the user's row, sends the requests, waits until all of them wait for the lock, runs `meanwhile` (which changes
 * what the requests rely on, such as their session), and releases the lock. The embedded database has one connection, so
 * there the requests are sent after `meanwhile`.
 * @returns the answers, in the order of the requests
 */
export function overtaken(
  app: TestApplication,
  userId: number,
  requests: readonly (() => Test)[],
  meanwhile = nothing,
): Promise<Response[]> {
  const lock = 'SELECT 1 FROM authentication.users WHERE id = $1 FOR NO KEY UPDATE';
  return queued(app, lock, userId, requests, meanwhile);
}

/** The same for requests that wait for the row of a session, without `meanwhile`. */
export function queuedAtSession(
  app: TestApplication,
  sessionId: number,
  requests: readonly (() => Test)[],
): Promise<Response[]> {
  const lock = 'SELECT 1 FROM authentication.sessions WHERE id = $1 FOR NO KEY UPDATE';
  return queued(app, lock, sessionId, requests, nothing);
}

async function queued(
  app: TestApplication,
  lock: string,
  id: number,
  requests: readonly (() => Test)[],
  meanwhile: Meanwhile,
): Promise<Response[]> {
  if (EMBEDDED) {
    await meanwhile((text, values) => app.query(text, values));
    return Promise.all(requests.map((request) => request()));
  }
  const holder = await app.get(Database).pool.connect();
  const asked: Promise<Response>[] = [];
  try {
    await holder.query('BEGIN');
    await holder.query(lock, [id]);
    for (const request of requests) {
      asked.push(request().then((response) => response));
      await until(async () => {
        const [waiting] = await app.query<{ number: number }>(
          "SELECT count(*)::int AS number FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
        );
        return waiting?.number === asked.length;
      });
    }
    await meanwhile((text, values) => holder.query(text, values));
    await holder.query('COMMIT');
  } finally {
    holder.release();
  }
  return Promise.all(asked);
}

/** Ends a session, as another request would. */
export function endSession(id: number) {
  return (query: (text: string, values: unknown[]) => Promise<unknown>): Promise<unknown> =>
    query('DELETE FROM authentication.sessions WHERE id = $1', [id]);
}
