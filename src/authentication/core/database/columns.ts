import type { ColumnOptions, PrimaryColumnOptions, ValueTransformer } from 'typeorm';

/** `pg` returns a bigint as text. Our ids stay far below 2^53, so a number can hold them. */
export const idTransformer: ValueTransformer = {
  from: (value: string | null) => (value === null ? null : Number(value)),
  to: (value: unknown) => value,
};

export const id: PrimaryColumnOptions = {
  type: 'bigint',
  generated: 'identity',
  transformer: idTransformer,
};

export const reference = (name: string, options: ColumnOptions = {}): ColumnOptions => ({
  name,
  type: 'bigint',
  transformer: idTransformer,
  ...options,
});

/** Precise to the millisecond, as the API shows times. */
export const time = (name: string, options: ColumnOptions = {}): ColumnOptions => ({
  name,
  type: 'timestamptz',
  precision: 3,
  ...options,
});
