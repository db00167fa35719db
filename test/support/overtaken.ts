import type { Response, Test } from 'supertest';
import { Database } from '../../src/authentication/core/database/database.js';
import { isEmbedded, type TestApplication } from './application.js';
import { until } from './until.js';

// Asked before any application runs: to ask for the connection drops what one has prepared on it.
const EMBEDDED = isEmbedded();

type Meanwhile = (query: (text: string, values: unknown[]) => Promise<unknown>) => Promise<unknown>;

const nothing: Meanwhile = () => Promise.resolve();

/**
 * The answers to requests that wait for a user's row, in the order in which they are asked, while `meanwhile` happens to
 * what they were let in by. The embedded database has one connection, which nobody else can hold: there they come after.
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

/** The same for requests that wait for the row of a session. */
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

/** The end of a session as any other request brings it about. */
export function endSession(id: number) {
  return (query: (text: string, values: unknown[]) => Promise<unknown>): Promise<unknown> =>
    query('DELETE FROM authentication.sessions WHERE id = $1', [id]);
}
