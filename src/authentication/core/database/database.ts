import { Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { DataSource, type EntityManager } from 'typeorm';
import { poolOf } from './pool.js';

export interface Statement {
  /** one name, one text: a changed text wants a new name */
  name: string;
  text: string;
}

/** The way to our tables: transactions through TypeORM, and the one hot statement on the pool beneath it. */
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

  /** The same, with each row as its values in the order of the statement: what `EntityColumns` reads. */
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

  /** The database's clock, in seconds since 1970, at this very moment rather than at the transaction's begin. */
  async secondsNow(manager: EntityManager): Promise<number> {
    const [row] = await manager.query<{ seconds: number }[]>(
      'SELECT extract(epoch FROM clock_timestamp())::float8 AS seconds',
    );
    if (row === undefined) throw new Error('the clock returned no row');
    return row.seconds;
  }

  /** For what must wait until the facts are there, such as waking the mail worker. Nothing that may fail. */
  afterCommit(manager: EntityManager, task: () => void): void {
    const tasks = this.pending.get(manager);
    if (tasks === undefined) task();
    else tasks.push(task);
  }
}

/** The rows of an `UPDATE … RETURNING` or `DELETE … RETURNING`: TypeORM answers them with `[rows, count]`. */
export async function returning<Row>(
  manager: EntityManager,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  const [rows] = await manager.query<[Row[], number]>(text, [...values]);
  return rows;
}
