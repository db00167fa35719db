/** When an attacker got into an account: with a session that the owner denies, or at a time. */
export type AttackStart = { readonly session: number } | { readonly time: Date };

/**
 * SQL condition for the rows that were added to an account since an attack began. The table needs `created_at` and
 * `issued_by`, the id of the session that added the row. `issued_by` has no foreign key: the row outlives the session.
 * @param parameter the number of the SQL parameter that gets the result of `attackStartValue`
 */
export function addedSince(since: AttackStart, alias: string, parameter: number): string {
  return 'session' in since ? `${alias}.issued_by >= $${parameter}` : `${alias}.created_at >= $${parameter}`;
}

export function attackStartValue(since: AttackStart): number | Date {
  return 'session' in since ? since.session : since.time;
}
