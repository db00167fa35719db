import { Injectable, Logger } from '@nestjs/common';
import type { Pool, QueryConfig, QueryResult } from 'pg';
import { DataSource, type EntityManager } from 'typeorm';
import { connectionsOf } from './connections.js';
import { isConnectionLost, sqlStateOf } from './database-failure.js';
import { isHosts } from './host-data-source.js';
import { poolOf } from './pool.js';
import { READ_COMMITTED, SET_TRANSACTION } from './session-settings.js';

export interface Statement {
  /** a changed text needs a new name: a connection keeps the first text that it prepared under a name */
  name: string;
  text: string;
  /** it writes, but does no harm if it runs twice: its connection may break before the answer comes */
  repeatable?: boolean;
}

/** What all queries of a statement share. A row is an object of its columns, or with `rowMode` an array of their values. */
interface Form extends Partial<Pick<Statement, 'name'>>, Omit<Statement, 'name'> {
  readonly rowMode?: 'array';
}

const READ_ONLY = '25006';
const READ_ONLY_MODE: Form = { text: 'SHOW transaction_read_only' };
/** The statement is not prepared, or is already: a pooler has given us another connection. It has done nothing yet. */
const NAME_LOST = ['26000', '42P05'];
/** Other transactions were in the way, and nothing was written. */
const OVERTAKEN = ['40001', '40P01'];
const TRIES = 3;

/** Access to our tables: transactions through TypeORM, and frequent statements directly on the pool of `pg`. */
@Injectable()
export class Database {
  private readonly logger = new Logger(Database.name);
  private readonly pending = new WeakMap<EntityManager, (() => void)[]>();
  /** of the statements whose rows are arrays */
  private readonly forms = new WeakMap<Statement, Form>();
  private readonly firstOfTransaction: string | null;
  private named: boolean;

  constructor(readonly dataSource: DataSource) {
    const pooled = connectionsOf(dataSource)?.pooling === 'transaction';
    this.named = !pooled;
    const ofHost = isHosts(dataSource) ? READ_COMMITTED : null;
    this.firstOfTransaction = pooled ? SET_TRANSACTION : ofHost;
  }

  get manager(): EntityManager {
    return this.dataSource.manager;
  }

  get pool(): Pool {
    return poolOf(this.dataSource);
  }

  async run<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    const { rows } = await this.ask<Row>(statement, values);
    return rows;
  }

  /** Like `run`, but each row is an array of its values in the order of the statement, for `EntityColumns`. */
  async values(statement: Statement, values: readonly unknown[]): Promise<unknown[][]> {
    let form = this.forms.get(statement);
    if (form === undefined) {
      form = { ...statement, rowMode: 'array' };
      this.forms.set(statement, form);
    }
    const { rows } = await this.ask<unknown[]>(form, values);
    return rows;
  }

  /** On a host's connection and behind a pooler, what we rely on is set for each transaction. */
  async transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const afterwards: (() => void)[] = [];
    let begun = false;
    const attempt = (): Promise<T> =>
      this.dataSource.transaction(async (manager) => {
        begun = true;
        if (this.firstOfTransaction !== null) await manager.query(this.firstOfTransaction);
        this.pending.set(manager, afterwards);
        return work(manager);
      });
    const result = await attempt().catch((error: unknown) => {
      // The connection was broken before the transaction began: another one may work.
      if (begun || !isConnectionLost(error)) throw error;
      return attempt();
    });
    for (const task of afterwards) task();
    return result;
  }

  /** For upkeep: statements that may take up to a minute. */
  async patiently<T>(work: (client: Pick<Pool, 'query'>) => Promise<T>): Promise<T> {
    const connections = connectionsOf(this.dataSource);
    return connections === undefined ? work(this.pool) : connections.patiently(work);
  }

  /** @throws an error that means 503: the database is read-only, such as a standby, or cannot be reached */
  async assertWritable(): Promise<void> {
    const { rows } = await this.ask<{ transaction_read_only: string }>(READ_ONLY_MODE, []);
    if (rows[0]?.transaction_read_only !== 'on') return;
    // A new connection may reach the new primary.
    void connectionsOf(this.dataSource)?.watch.clear();
    throw Object.assign(new Error('The database is read-only'), { code: READ_ONLY });
  }

  /** The current time of the database's clock, in seconds since 1970; `now()` is the start of the transaction. */
  async secondsNow(manager: EntityManager): Promise<number> {
    const [row] = await manager.query<{ seconds: number }[]>(
      'SELECT extract(epoch FROM clock_timestamp())::float8 AS seconds',
    );
    if (row === undefined) throw new Error('the clock returned no row');
    return row.seconds;
  }

  /** Runs a task after the commit, such as waking the mail worker. The task must not fail. */
  afterCommit(manager: EntityManager, task: () => void): void {
    const tasks = this.pending.get(manager);
    if (tasks === undefined) task();
    else tasks.push(task);
  }

  private async ask<Row extends object>(form: Form, values: readonly unknown[]): Promise<QueryResult<Row>> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.pool.query<Row>(this.queryOf(form, values));
      } catch (error) {
        if (tries === TRIES || !this.mayRepeat(form, error)) throw error;
      }
    }
  }

  /** `pg` copies each query, at a price for each of its own properties: it inherits all but the values. */
  private queryOf(form: Form, values: readonly unknown[]): QueryConfig {
    const query = Object.create(form) as { values: readonly unknown[]; name?: undefined };
    query.values = values;
    if (!this.named) query.name = undefined;
    return query as unknown as QueryConfig;
  }

  /** A single statement is a transaction of its own. With these codes it has done nothing, and a query never does. */
  private mayRepeat({ text, repeatable = false }: Form, error: unknown): boolean {
    const code = sqlStateOf(error);
    if (NAME_LOST.includes(code)) this.nameNoMore();
    if (NAME_LOST.includes(code) || OVERTAKEN.includes(code)) return true;
    return isConnectionLost(error) && (repeatable || /^\s*(?:SELECT|SHOW)\b/.test(text));
  }

  private nameNoMore(): void {
    if (!this.named) return;
    this.named = false;
    this.logger.warn({
      event: 'transaction_pooler_found',
      reason:
        'The pooler loses prepared statements: they are not used any more. Set DATABASE_POOLER=transaction',
    });
  }
}

/** The rows of an `UPDATE … RETURNING` or `DELETE … RETURNING`: TypeORM returns `[rows, count]`. */
export async function returning<Row>(
  manager: EntityManager,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  const [rows] = await manager.query<[Row[], number]>(text, [...values]);
  return rows;
}
