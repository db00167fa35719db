import type { ColumnOptions, PrimaryColumnOptions, ValueTransformer } from 'typeorm';

/** `pg` answers bigint as text; our ids stay far below 2^53. */
export const idTransformer: ValueTransformer = {
  from: (value: string | null) => (value === null ? null : Number(value)),
  to: (value: unknown) => value,
};

export const id: PrimaryColumnOptions = {
  type: 'bigint',
  generated: 'identity',
  transformer: idTransformer,
};

export const reference = (name: string): ColumnOptions => ({
  name,
  type: 'bigint',
  transformer: idTransformer,
});

/** Milliseconds, as the API shows them. */
export const time = (name: string, options: ColumnOptions = {}): ColumnOptions => ({
  name,
  type: 'timestamptz',
  precision: 3,
  ...options,
});
