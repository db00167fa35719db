import { setTimeout as pause } from 'node:timers/promises';
import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Database, returning } from '../database/database.js';
import type { AuthenticationSettings } from '../settings/authentication.settings.js';
import { Settings } from '../settings/settings.js';

/** Small, so that no lock is held for long. */
const BATCH = 1000;
const PAUSE_MS = 50;
const EVERY_MS = 3_600_000;
const DAY_SECONDS = 86_400;

interface Sweep {
  readonly table: string;
  /** SQL: which rows nobody can use any more */
  readonly condition: string;
  /** rows at a time; fewer where each takes rows of other tables with it */
  readonly batch?: number;
}

/** Deletes what has expired. Expired rows are refused whether swept or not: this only saves room. */
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
      { table: 'sessions', condition: `last_active_at <= ${before(sessionIdleSeconds)}` },
      { table: 'sessions', condition: `created_at <= ${before(sessionAbsoluteSeconds)}` },
      // A day later: a mail that is tried again hours after its token expired renews that very row.
      { table: 'one_time_tokens', condition: `expires_at <= ${before(DAY_SECONDS)}` },
      { table: 'counters', condition: 'expires_at <= now()' },
    ];
  }

  /** For the tables of features. */
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

  /** @returns how many rows went */
  async sweep(): Promise<number> {
    let total = 0;
    for (const sweep of this.sweeps) {
      // One table that cannot be swept keeps none of the others.
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
    // Not all instances of a deployment at once.
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
