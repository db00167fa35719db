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
  /** true: `THROTTLE_FACTOR` does not change this limit */
  readonly fixed?: boolean;
}

const FIFTEEN_MINUTES = 900;
const HOUR = 3600;

/** Limits per account or email address. The counts are in Postgres, so that all instances share them. */
const BUDGETS = {
  sign_in: { limit: 10, windowSeconds: FIFTEEN_MINUTES },
  current_password: { limit: 10, windowSeconds: FIFTEEN_MINUTES },
  /** mails of one kind to one address, which anybody can ask for */
  mail: { limit: 3, windowSeconds: FIFTEEN_MINUTES },
  /** notices of one kind to one verified address */
  notice: { limit: 10, windowSeconds: HOUR },
  /** mails of all kinds to one address, from all realms of one owner */
  mail_of_owner: { limit: 6, windowSeconds: HOUR },
  /** mails that an owner's clients may ask for without limit, to addresses that are not verified */
  recovery_of_owner: { limit: 600, windowSeconds: HOUR },
} satisfies Record<string, Budget>;

export type CounterName = keyof typeof BUDGETS | (string & {});

/** The subject of a counter that counts per email address. */
export function subjectOf({ realm, email }: { realm: string; email: string }): string {
  return `${realm} ${email}`;
}

/** What a counter says: how many attempts were counted, this one too, and when it begins again. */
export interface Count {
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

/**
 * For a statement that counts and does more: `counted` has one row, with the columns `count` and `seconds_left`. The
 * parameters `$1` and `$2` are those of `valuesToCount`.
 */
export const WITH_COUNTED = `WITH counted AS (${COUNT.text})`;

/** For a statement that clears a counter and does more. @param key the SQL parameter with the `counterKey` */
export const withCleared = (key: string): string =>
  `WITH cleared AS (DELETE FROM authentication.counters WHERE key = ${key})`;

const READ = `SELECT count, ceil(extract(epoch FROM expires_at - now()))::int AS seconds_left
  FROM authentication.counters WHERE key = $1 AND expires_at > now()`;

/**
 * Counts failed attempts within a time window, by the database's clock. One statement counts and returns the count, so
 * that concurrent attempts are all counted.
 */
@Injectable()
export class FailureCounters {
  private readonly budgets = new Map<string, Budget>(Object.entries(BUDGETS));

  constructor(
    private readonly database: Database,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {}

  /** Adds a counter, for features. */
  define(name: string, budget: Budget): void {
    this.budgets.set(name, budget);
  }

  /**
   * Counts an attempt, then runs it. A success clears the counter. An attempt that ends in `Overloaded`, or in an error
   * that is not a `Problem`, is not counted.
   * @throws TooManyRequests when the limit is passed; the attempt then does not run
   */
  async attempt<T>(name: CounterName, subject: string, work: () => Promise<T>): Promise<T> {
    const result = await this.counted(name, subject, await this.count(name, subject), work);
    await this.clear(name, subject);
    return result;
  }

  /**
   * The same for an attempt that a statement with `WITH_COUNTED` has counted. Clear the counter after a success.
   * @throws TooManyRequests when the limit is passed; the attempt then does not run
   */
  async counted<T>(name: CounterName, subject: string, count: Count, work: () => Promise<T>): Promise<T> {
    this.assertWithin(name, count);
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Problem) || error instanceof Overloaded) await this.refund(name, subject);
      throw error;
    }
  }

  /** Counts one attempt. @throws TooManyRequests when the limit is passed */
  async spend(name: CounterName, subject: string): Promise<void> {
    this.assertWithin(name, await this.count(name, subject));
  }

  /** The parameters `$1` and `$2` of a statement with `WITH_COUNTED`. */
  valuesToCount(name: CounterName, subject: string): [string, number] {
    return [counterKey(name, subject), this.budgetOf(name).windowSeconds];
  }

  /**
   * Checks the limit without counting, for attempts that are decided while the user's row is locked. `record` then
   * counts the failures. @throws TooManyRequests
   */
  async assertOpen(name: CounterName, subject: string, manager: EntityManager): Promise<void> {
    const [row] = await manager.query<Count[]>(READ, [counterKey(name, subject)]);
    if (row !== undefined && row.count >= this.limitOf(name)) throw new TooManyRequests(row.seconds_left);
  }

  /**
   * Counts a failure in the transaction that found it. Throw only after the commit: a rollback undoes the count.
   * @returns whether this failure reached the limit; false again for those after it
   */
  async record(name: CounterName, subject: string, manager: EntityManager): Promise<boolean> {
    const [row] = await manager.query<Count[]>(COUNT.text, this.valuesToCount(name, subject));
    return row?.count === this.limitOf(name);
  }

  /** Counts one more, in the transaction of what is limited. @returns false when the limit is passed */
  async fits(name: CounterName, subject: string, manager: EntityManager): Promise<boolean> {
    const [row] = await manager.query<Count[]>(COUNT.text, this.valuesToCount(name, subject));
    return row !== undefined && row.count <= this.limitOf(name);
  }

  async clear(name: CounterName, subject: string, manager = this.database.manager): Promise<void> {
    await manager.query('DELETE FROM authentication.counters WHERE key = $1', [counterKey(name, subject)]);
  }

  private async refund(name: CounterName, subject: string): Promise<void> {
    await this.database.manager.query('UPDATE authentication.counters SET count = count - 1 WHERE key = $1', [
      counterKey(name, subject),
    ]);
  }

  private async count(name: CounterName, subject: string): Promise<Count> {
    const [row] = await this.database.run<Count>(COUNT, this.valuesToCount(name, subject));
    if (row === undefined) throw new Error('an upsert returned no row');
    return row;
  }

  private assertWithin(name: CounterName, { count, seconds_left: secondsLeft }: Count): void {
    if (count > this.limitOf(name)) throw new TooManyRequests(secondsLeft);
  }

  private limitOf(name: CounterName): number {
    const { limit, fixed } = this.budgetOf(name);
    return fixed === true ? limit : Math.max(1, Math.ceil(limit * this.settings.throttleFactor));
  }

  private budgetOf(name: CounterName): Budget {
    const budget = this.budgets.get(name);
    if (budget === undefined) throw new Error(`there is no counter named '${name}'`);
    return budget;
  }
}

/** A digest, so that the table does not show which addresses were tried. */
export function counterKey(name: string, subject: string): string {
  return `${name}:${createHash('sha256').update(subject).digest('base64url')}`;
}
