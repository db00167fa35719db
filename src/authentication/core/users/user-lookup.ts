import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  FailureCounters,
  subjectOf,
  WITH_COUNTED,
  withCleared,
  type Count,
  type CounterName,
} from '../counters/failure-counters.js';
import { EntityColumns, namedStatement } from '../database/entity-columns.js';
import { Database, type Statement } from '../database/database.js';
import { nobody } from './nobody.js';
import { User } from './user.entity.js';

/** Finds the user of an address. A known and an unknown address cost the same (OWASP ASVS 6.3.8). */
@Injectable()
export class UserLookup {
  private readonly columns: EntityColumns<User>;
  private readonly byEmail: Statement;
  private readonly byEmailCounted: Statement;
  private readonly locking: string;

  constructor(
    private readonly database: Database,
    private readonly counters: FailureCounters,
  ) {
    this.columns = new EntityColumns(database.dataSource, User, 'u');
    const { list } = this.columns;
    // One row for any address: without a user, all its values are null.
    this.byEmail = namedStatement(
      'user_by_email',
      `SELECT ${list} FROM (VALUES (1)) AS always
       LEFT JOIN authentication.users u ON u.realm = $1 AND u.email = $2`,
    );
    const counted = namedStatement(
      'user_by_email_counted',
      `${WITH_COUNTED} SELECT counted.count, counted.seconds_left, ${list} FROM counted
       LEFT JOIN authentication.users u ON u.realm = $3 AND u.email = $4`,
    );
    // An attempt that is counted twice is better than a sign-in that fails because its connection was lost.
    this.byEmailCounted = { ...counted, repeatable: true };
    this.locking = `SELECT ${list} FROM authentication.users u WHERE u.id = $1 FOR NO KEY UPDATE`;
  }

  /** @returns `nobody` for an unknown address */
  async find(realm: string, email: string): Promise<User> {
    const [row = []] = await this.database.values(this.byEmail, [realm, email]);
    return this.read(row) ?? nobody(realm, email);
  }

  /** The same, and counts an attempt in the same statement: give the count to `FailureCounters.counted`. */
  async findCounting(name: CounterName, realm: string, email: string): Promise<{ user: User; count: Count }> {
    const toCount = this.counters.valuesToCount(name, subjectOf({ realm, email }));
    const [row] = await this.database.values(this.byEmailCounted, [...toCount, realm, email]);
    if (row === undefined) throw new Error('an upsert returned no row');
    const [count, secondsLeft, ...columns] = row as [number, number, ...unknown[]];
    return { user: this.read(columns) ?? nobody(realm, email), count: { count, seconds_left: secondsLeft } };
  }

  /**
   * Locks the user's row like `lockedUser`, and clears a counter in the same statement.
   * @param counter its `counterKey`, or null for no counter
   */
  async lock(id: number, counter: string | null, manager: EntityManager): Promise<User | null> {
    const [row] = await (counter === null
      ? manager.query<object[]>(this.locking, [id])
      : manager.query<object[]>(`${withCleared('$2')} ${this.locking}`, [id, counter]));
    return row === undefined ? null : this.read(Object.values(row));
  }

  private read(row: readonly unknown[]): User | null {
    const user = this.columns.read(row, 0);
    return (user.id as number | null) === null ? null : user;
  }
}
