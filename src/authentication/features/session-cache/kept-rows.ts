import { LRUCache } from 'lru-cache';
import type { Subject } from './session-change.js';

interface KeptRow {
  readonly row: readonly unknown[];
  readonly subjects: readonly Subject[];
  /** on the clock of `Clocks` */
  readonly until: number;
}

/** The rows themselves: at most so many, those dropped first that were not used for the longest time. */
export class KeptRows {
  /** the keys of the rows that a change of each subject removes */
  private readonly keys = new Map<Subject, Set<string>>();
  private readonly rows: LRUCache<string, KeptRow>;

  constructor(max: number) {
    this.rows = new LRUCache<string, KeptRow>({
      max,
      dispose: ({ subjects }, key) => {
        for (const subject of subjects) this.forget(subject, key);
      },
    });
  }

  get size(): number {
    return this.rows.size;
  }

  /** @returns a copy, because whoever gets it may change a Date or an object in it */
  at(key: string, now: number): readonly unknown[] | undefined {
    const kept = this.rows.get(key);
    if (kept === undefined) return undefined;
    if (kept.until > now) return copyOf(kept.row) ?? undefined;
    this.rows.delete(key);
    return undefined;
  }

  /** A row with a value that cannot be copied is not kept. */
  keep(key: string, { row, subjects, until }: KeptRow): void {
    const copy = copyOf(row);
    this.rows.delete(key);
    if (copy === null) return;
    this.rows.set(key, { row: copy, subjects, until });
    for (const subject of subjects) {
      const keys = this.keys.get(subject) ?? new Set();
      this.keys.set(subject, keys.add(key));
    }
  }

  delete(key: string): void {
    this.rows.delete(key);
  }

  remove(subject: Subject): void {
    for (const key of [...(this.keys.get(subject) ?? [])]) this.rows.delete(key);
  }

  clear(): void {
    this.rows.clear();
  }

  private forget(subject: Subject, key: string): void {
    const keys = this.keys.get(subject);
    keys?.delete(key);
    if (keys?.size === 0) this.keys.delete(subject);
  }
}

/** @returns null if a value cannot be copied */
function copyOf(row: readonly unknown[]): unknown[] | null {
  try {
    return copyOfAll(row);
  } catch {
    return null;
  }
}

function copyOfAll(values: readonly unknown[]): unknown[] {
  const copy = [...values];
  for (const [index, value] of values.entries()) {
    if (typeof value === 'object' && value !== null) copy[index] = copyOfValue(value);
  }
  return copy;
}

/** Of what `pg` makes of a column, such as a Date, an array, JSON, or an object of a class of its own for an interval. */
function copyOfValue(value: object): unknown {
  if (value instanceof Date) return new Date(value.getTime());
  if (Buffer.isBuffer(value)) return Buffer.from(value);
  if (Array.isArray(value)) return copyOfAll(value);
  return Object.setPrototypeOf(
    structuredClone(value),
    Object.getPrototypeOf(value) as object | null,
  ) as unknown;
}
