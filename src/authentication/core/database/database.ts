import { Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { DataSource, type EntityManager } from 'typeorm';
import { poolOf } from './pool.js';

export interface Statement {
  /** a changed text needs a new name: a connection keeps the first text that it prepared under a name */
  name: string;
  text: string;
}

/** Access to our tables: transactions through TypeORM, and frequent statements directly on the pool of `pg`. */
@Injectable()
export class Database {
  private readonly pending = new WeakMap<EntityManager, (() => void)[]>();

  constructor(readonly dataSource: DataSource) {}

  get manager(): EntityManager {
    return this.dataSource.manager;
  }

  get pool(): Pool {
    return poolOf(this.dataSource);
  }

  async run<Row extends object>({ name, text }: Statement, values: readonly unknown[]): Promise<Row[]> {
    const { rows } = await this.pool.query<Row>({ name, text, values: [...values] });
    return rows;
  }

  /** Like `run`, but each row is an array of its values in the order of the statement, for `EntityColumns`. */
  async values({ name, text }: Statement, values: readonly unknown[]): Promise<unknown[][]> {
    const { rows } = await this.pool.query<unknown[]>({ name, text, values: [...values], rowMode: 'array' });
    return rows;
  }

  async transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const afterwards: (() => void)[] = [];
    const result = await this.dataSource.transaction(async (manager) => {
      this.pending.set(manager, afterwards);
      return work(manager);
    });
    for (const task of afterwards) task();
    return result;
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
