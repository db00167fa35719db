import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database, type Statement } from '../database/database.js';
import { Problem } from '../problems/problem.js';
import { Overloaded, TooManyRequests } from '../problems/problems.js';
import type { AuthenticationSettings } from '../settings/authentication.settings.js';
import { Settings } from '../settings/settings.js';

interface Budget {
  readonly limit: number;
  readonly windowSeconds: number;
  /** true: the limit holds whatever `THROTTLE_FACTOR` says */
  readonly fixed?: boolean;
}

const FIFTEEN_MINUTES = 900;

/** What is counted for an account or an address, in Postgres, so that instances share it. */
const BUDGETS = {
  sign_in: { limit: 10, windowSeconds: FIFTEEN_MINUTES },
  current_password: { limit: 10, windowSeconds: FIFTEEN_MINUTES },
  mail: { limit: 3, windowSeconds: FIFTEEN_MINUTES },
} satisfies Record<string, Budget>;

export type CounterName = keyof typeof BUDGETS | (string & {});

/** Whom a counter of addresses counts. */
export function subjectOf({ realm, email }: { realm: string; email: string }): string {
  return `${realm} ${email}`;
}

interface Count {
  count: number;
  seconds_left: number;
}

const COUNT: Statement = {
  name: 'authentication_count_1',
  text: `INSERT INTO authentication.counters AS c (key, count, expires_at)
    VALUES ($1, 1, now() + make_interval(secs => $2))
    ON CONFLICT (key) DO UPDATE SET
      count = CASE WHEN c.expires_at <= now() THEN 1 ELSE c.count + 1 END,
      expires_at = CASE WHEN c.expires_at <= now() THEN excluded.expires_at ELSE c.expires_at END
    RETURNING count, ceil(extract(epoch FROM expires_at - now()))::int AS seconds_left`,
};

const READ = `SELECT count, ceil(extract(epoch FROM expires_at - now()))::int AS seconds_left
  FROM authentication.counters WHERE key = $1 AND expires_at > now()`;

/** Counts what failed, by the database's clock. One statement counts and tells, so attempts at once are all counted. */
@Injectable()
export class FailureCounters {
  private readonly budgets = new Map<string, Budget>(Object.entries(BUDGETS));

  constructor(
    private readonly database: Database,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {}

  /** For the counters of features. */
  define(name: string, budget: Budget): void {
    this.budgets.set(name, budget);
  }

  /**
   * Runs one attempt. It is counted before it runs, and forgotten with all before it when it succeeds.
   * @throws TooManyRequests
   */
  async attempt<T>(name: CounterName, subject: string, work: () => Promise<T>): Promise<T> {
    await this.spend(name, subject);
    let result: T;
    try {
      result = await work();
    } catch (error) {
      if (!(error instanceof Problem) || error instanceof Overloaded) await this.refund(name, subject);
      throw error;
    }
    await this.clear(name, subject);
    return result;
  }

  /** @throws TooManyRequests */
  async spend(name: CounterName, subject: string): Promise<void> {
    const { count, seconds_left: secondsLeft } = await this.count(name, subject);
    if (count > this.limitOf(name)) throw new TooManyRequests(secondsLeft);
  }

  /**
   * For attempts that are decided while their user's row is held: asks without counting, and `record` counts those that
   * failed. @throws TooManyRequests
   */
  async assertOpen(name: CounterName, subject: string, manager: EntityManager): Promise<void> {
    const [row] = await manager.query<Count[]>(READ, [keyOf(name, subject)]);
    if (row !== undefined && row.count >= this.limitOf(name)) throw new TooManyRequests(row.seconds_left);
  }

  /** Counts a failure in the transaction that found it. That must be committed: answer the failure after it. */
  async record(name: CounterName, subject: string, manager: EntityManager): Promise<void> {
    await manager.query(COUNT.text, [keyOf(name, subject), this.budgetOf(name).windowSeconds]);
  }

  /** Whether one more fits into the budget; it is counted either way, in the transaction of what it limits. */
  async fits(name: CounterName, subject: string, manager: EntityManager): Promise<boolean> {
    const [row] = await manager.query<Count[]>(COUNT.text, [
      keyOf(name, subject),
      this.budgetOf(name).windowSeconds,
    ]);
    return row !== undefined && row.count <= this.limitOf(name);
  }

  async clear(name: CounterName, subject: string, manager = this.database.manager): Promise<void> {
    await manager.query('DELETE FROM authentication.counters WHERE key = $1', [keyOf(name, subject)]);
  }

  private async refund(name: CounterName, subject: string): Promise<void> {
    await this.database.manager.query('UPDATE authentication.counters SET count = count - 1 WHERE key = $1', [
      keyOf(name, subject),
    ]);
  }

  private async count(name: CounterName, subject: string): Promise<Count> {
    const rows = await this.database.run<Count>(COUNT, [
      keyOf(name, subject),
      this.budgetOf(name).windowSeconds,
    ]);
    const [row] = rows;
    if (row === undefined) throw new Error('an upsert returned no row');
    return row;
  }

  private limitOf(name: CounterName): number {
    const { limit, fixed } = this.budgetOf(name);
    return fixed === true ? limit : Math.max(1, Math.ceil(limit * this.settings.throttleFactor));
  }

  private budgetOf(name: CounterName): Budget {
    const budget = this.budgets.get(name);
    if (budget === undefined) throw new Error(`no counter is called ${name}`);
    return budget;
  }
}

/** A digest: the table tells nobody which addresses were tried. */
function keyOf(name: string, subject: string): string {
  return `${name}:${createHash('sha256').update(subject).digest('base64url')}`;
}
