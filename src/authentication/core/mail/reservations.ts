import { performance } from 'node:perf_hooks';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { MAILS, SCHEMA } from './job-rows.js';
import { QueueOutage } from './queue-outage.js';
import { LONGEST_WAIT } from './tries.js';

/** Milliseconds after which a reservation that nobody renewed is over. */
const HOLD_MS = 30_000;
/** Milliseconds between two looks; a worker renews its reservations at every second one. */
const LOOK_MS = 5000;
/** At the start, the database's clock must do. A reservation that is younger may be that of a running worker. */
const ABANDONED_SECONDS = 120;
/** Frees a job for its next try. */
const FREE = "state = 'retry', start_after = now() + retry_delay * interval '1 second'";

const RENEWED = 'extract(epoch FROM started_on)';

interface Reservation {
  id: string;
  renewed: string;
}

interface Seen {
  readonly renewed: string;
  readonly since: number;
}

/**
 * Reserves jobs for the worker that took them, and frees the jobs of workers that were killed. No clock decides that,
 * since clocks jump: a job is free when this instance saw its reservation unchanged for 30 seconds, and could read the
 * database all the time. After an outage of the database, every worker has 30 seconds to write what it did meanwhile.
 */
@Injectable()
export class Reservations {
  private readonly mine = new Set<string>();
  private seen = new Map<string, Seen>();
  private timer: NodeJS.Timeout | undefined;
  private looks = 0;
  private isLooking = false;
  private isStopped = false;

  constructor(
    private readonly database: Database,
    private readonly outage: QueueOutage,
  ) {}

  /** Starts to renew and to look. */
  start(): void {
    void this.attempt(() =>
      this.query(`UPDATE ${SCHEMA}.job SET ${FREE} WHERE name = $1 AND state = 'active'
        AND started_on < now() - interval '${ABANDONED_SECONDS} seconds'`),
    );
    this.timer = setInterval(() => void this.attempt(() => this.look()), LOOK_MS);
  }

  stop(): void {
    this.isStopped = true;
    clearInterval(this.timer);
  }

  add(ids: readonly string[]): void {
    for (const id of ids) this.mine.add(id);
  }

  remove(id: string): void {
    this.mine.delete(id);
  }

  private async attempt(work: () => Promise<unknown>): Promise<void> {
    // A database that answers slowly must not make the looks pile up.
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      await work();
    } catch (error) {
      this.seen.clear();
      if (!this.isStopped) this.outage.failed(error);
    } finally {
      this.isLooking = false;
    }
  }

  private async look(): Promise<void> {
    this.looks += 1;
    const mine = [...this.mine];
    if (mine.length > 0 && this.looks % 2 === 0) await this.renew(mine);
    await this.correctTimes();
    const others = await this.query<Reservation>(
      `SELECT id, ${RENEWED}::text AS renewed FROM ${SCHEMA}.job
       WHERE name = $1 AND state = 'active' AND id <> ALL ($2::uuid[])`,
      [mine],
    );
    await this.free(others);
  }

  private async renew(mine: readonly string[]): Promise<void> {
    await this.query(
      `UPDATE ${SCHEMA}.job SET started_on = now() WHERE name = $1 AND id = ANY ($2::uuid[]) AND state = 'active'`,
      [mine],
    );
  }

  /** The database's clock was set back: what was due stays due. */
  private async correctTimes(): Promise<void> {
    await this.query(`UPDATE ${SCHEMA}.job SET start_after = now() WHERE name = $1 AND state < 'active'
      AND start_after > now() + CASE state WHEN 'created' THEN interval '0' ELSE ${LONGEST_WAIT} END`);
  }

  private async free(others: readonly Reservation[]): Promise<void> {
    const now = performance.now();
    const before = this.seen;
    this.seen = new Map(
      others.map(({ id, renewed }) => {
        const known = before.get(id);
        return [id, known?.renewed === renewed ? known : { renewed, since: now }];
      }),
    );
    for (const [id, { renewed, since }] of this.seen) {
      if (now - since < HOLD_MS || this.mine.has(id)) continue;
      await this.query(
        `UPDATE ${SCHEMA}.job SET ${FREE} WHERE name = $1 AND id = $2 AND state = 'active' AND ${RENEWED} = $3::numeric`,
        [id, renewed],
      );
    }
  }

  private async query<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const { rows } = await this.database.pool.query<Row>(text, [MAILS, ...values]);
    return rows;
  }
}
