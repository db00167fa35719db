import type { EntityManager } from 'typeorm';
import { InvalidBody } from '../problems/problems.js';

/** How many rows there may be, and which rows are counted: what follows FROM in SQL. */
export interface RowLimit {
  readonly most: number;
  readonly rows: string;
}

/**
 * Checks that one more row may be created. Hold a lock on the owner's row (`CallerLock`), so that requests at the same
 * time are counted one after the other. Reads no more rows than the limit. @throws InvalidBody `too_many` on `name`
 */
export async function assertRoom(
  manager: EntityManager,
  { most, rows }: RowLimit,
  values: readonly unknown[],
): Promise<void> {
  const found = await manager.query<unknown[]>(`SELECT 1 FROM ${rows} LIMIT ${most}`, [...values]);
  if (found.length >= most) throw InvalidBody.of('name', 'too_many');
}
