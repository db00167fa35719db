import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { EXPIRY, MAILS, RETRY_DELAY, SCHEMA, UNDELIVERABLE } from './job-rows.js';
import { triesFor } from './tries.js';

/** A mail that was not delivered yet. */
export interface ListedMail {
  readonly id: string;
  /** `sending`: a worker has it now; `set_aside`: it is not tried again, and is kept for seven days */
  readonly state: 'waiting' | 'sending' | 'set_aside';
  /** the kind of mail, such as `password_reset` */
  readonly message: string;
  readonly realm: string;
  readonly address: string;
  readonly requested_at: string;
  /** since it was requested */
  readonly age_seconds: number;
  readonly tries: number;
  /** null unless it waits */
  readonly next_try_at: string | null;
  /** null: it is set aside, or due now */
  readonly next_try_seconds: number | null;
  /** why the last try failed */
  readonly reason: string | null;
}

/** How many mails `MailList.retry` has changed. */
export interface Requeued {
  /** the ids of mails that were set aside, and are queued again as new mails */
  readonly queued: readonly string[];
  /** the ids of mails that waited, and are tried now */
  readonly due: readonly string[];
}

const LIST = `SELECT id, name, state::text, data ->> 'message' AS message, data ->> 'realm' AS realm,
    data ->> 'address' AS address, data ->> 'requested_at' AS requested_at,
    extract(epoch FROM now() - (data ->> 'requested_at')::timestamptz)::float8 AS age,
    retry_count + CASE WHEN started_on IS NULL OR state = 'active' THEN 0 ELSE 1 END AS tries,
    extract(epoch FROM start_after)::float8 AS next, extract(epoch FROM start_after - now())::float8 AS wait,
    COALESCE(data ->> 'reason', output ->> 'reason') AS reason
  FROM ${SCHEMA}.job
  WHERE name = ANY ($1::text[]) AND state < 'completed' AND data ->> 'message' <> 'none'
  ORDER BY name, created_on, id`;

/**
 * One statement, so that two operators queue a mail only once. The new id makes it a new mail: a token that an earlier
 * try issued belongs to the old id.
 */
const QUEUE_AGAIN = `WITH taken AS (
    DELETE FROM ${SCHEMA}.job WHERE name = $1 AND ($3::uuid[] IS NULL OR id = ANY ($3::uuid[])) RETURNING *
  ), again AS (
    INSERT INTO ${SCHEMA}.job (name, data, retry_limit, retry_delay, expire_in, keep_until)
    SELECT $2, data - 'reason' - 'issued', GREATEST(retry_limit, $4), ${RETRY_DELAY}, '${EXPIRY}',
      'infinity'
    FROM taken
  ) SELECT id FROM taken`;
const TRY_NOW = `UPDATE ${SCHEMA}.job SET start_after = now()
  WHERE name = $1 AND state < 'active' AND ($2::uuid[] IS NULL OR id = ANY ($2::uuid[])) RETURNING id`;

interface Row {
  id: string;
  name: string;
  state: string;
  message: string;
  realm: string;
  address: string;
  requested_at: string;
  age: number;
  tries: number;
  next: number;
  wait: number;
  reason: string | null;
}

/** The mails that wait or were set aside, for an operator: `npm run mails` in the server, or a page of your own. */
@Injectable()
export class MailList {
  constructor(private readonly database: Database) {}

  async list(): Promise<ListedMail[]> {
    const { rows } = await this.database.pool.query<Row>(LIST, [[MAILS, UNDELIVERABLE]]);
    return rows.map(listed);
  }

  /**
   * Queues mails again that were set aside, and lets waiting ones be tried now. A mail that was set aside gets a new
   * token, so that its link works.
   * @param ids the mails; null: all of them
   */
  async retry(ids: readonly string[] | null): Promise<Requeued> {
    const { pool } = this.database;
    const due = await pool.query<{ id: string }>(TRY_NOW, [MAILS, ids]);
    const again = [UNDELIVERABLE, MAILS, ids, triesFor(undefined)];
    const queued = await pool.query<{ id: string }>(QUEUE_AGAIN, again);
    return { queued: queued.rows.map(({ id }) => id), due: due.rows.map(({ id }) => id) };
  }
}

function listed({ name, state, age, next, wait, ...row }: Row): ListedMail {
  const isAside = name === UNDELIVERABLE;
  const isWaiting = !isAside && state !== 'active';
  return {
    ...row,
    state: isAside ? 'set_aside' : isWaiting ? 'waiting' : 'sending',
    age_seconds: Math.max(0, Math.round(age)),
    next_try_at: isWaiting ? new Date(next * 1000).toISOString() : null,
    next_try_seconds: isWaiting ? Math.max(0, Math.round(wait)) : null,
  };
}
