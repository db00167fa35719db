import { setTimeout as pause } from 'node:timers/promises';
import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Database, returning } from '../database/database.js';
import { MAILS, SCHEMA } from '../mail/job-rows.js';
import type { AuthenticationSettings } from '../settings/authentication.settings.js';
import { Settings } from '../settings/settings.js';

/** Rows per statement: few, so that no lock is held for long. */
const BATCH = 1000;
/** Whoever hears of sessions that end hears of so many one by one. */
const SESSIONS = 500;
const PAUSE_MS = 50;
const EVERY_MS = 3_600_000;
const DAY_SECONDS = 86_400;

/** Without the row of its token, a mail that waits would be dropped. */
const NO_MAIL_WAITS = `NOT EXISTS (SELECT 1 FROM ${SCHEMA}.job WHERE name = '${MAILS}' AND id = job_id)`;

interface Sweep {
  readonly table: string;
  /** SQL condition of the rows that can no longer be used */
  readonly condition: string;
  /** rows per statement; fewer if each row also deletes rows of other tables */
  readonly batch?: number;
}

/** Deletes expired rows every hour, to save space. An expired row is refused even before it is deleted. */
@Injectable()
export class Sweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Sweeper.name);
  private readonly sweeps: Sweep[];
  private readonly stop = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    @Settings() { sessionIdleSeconds, sessionAbsoluteSeconds }: AuthenticationSettings,
  ) {
    const before = (seconds: number): string => `now() - make_interval(secs => ${seconds})`;
    this.sweeps = [
      { table: 'sessions', condition: `last_active_at <= ${before(sessionIdleSeconds)}`, batch: SESSIONS },
      { table: 'sessions', condition: `created_at <= ${before(sessionAbsoluteSeconds)}`, batch: SESSIONS },
      // A day after they expire, and not while their mail waits: its next try renews the row of its expired token.
      { table: 'one_time_tokens', condition: `expires_at <= ${before(DAY_SECONDS)} AND ${NO_MAIL_WAITS}` },
      { table: 'counters', condition: 'expires_at <= now()' },
    ];
  }

  /** Adds a table, for features. */
  add(sweep: Sweep): void {
    this.sweeps.push(sweep);
  }

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    await this.running;
  }

  /** @returns how many rows were deleted */
  async sweep(): Promise<number> {
    let total = 0;
    for (const sweep of this.sweeps) {
      // A failure in one table does not stop the others.
      total += await this.sweepTable(sweep).catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : 'unknown';
        this.logger.warn({ event: 'sweep_failed', table: sweep.table, reason });
        return 0;
      });
    }
    return total;
  }

  private async sweepTable({ table, condition, batch = BATCH }: Sweep): Promise<number> {
    let total = 0;
    for (let swept = batch; swept === batch && !this.stop.signal.aborted; total += swept) {
      swept = await this.sweepBatch(table, condition, batch);
      if (swept === batch) await this.rest(PAUSE_MS);
    }
    return total;
  }

  private async run(): Promise<void> {
    // A random delay, so that the instances of a deployment do not sweep at the same time.
    await this.rest(EVERY_MS * (0.1 + Math.random() * 0.9));
    while (!this.stop.signal.aborted) {
      await this.sweep();
      await this.rest(EVERY_MS);
    }
  }

  private async sweepBatch(table: string, condition: string, batch: number): Promise<number> {
    const rows = await returning(
      this.database.manager,
      `DELETE FROM authentication.${table} WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM authentication.${table} WHERE ${condition} LIMIT ${batch} FOR UPDATE SKIP LOCKED)) RETURNING 1`,
      [],
    );
    return rows.length;
  }

  private async rest(milliseconds: number): Promise<void> {
    await pause(milliseconds, undefined, { signal: this.stop.signal, ref: false }).catch(() => undefined);
  }
}
