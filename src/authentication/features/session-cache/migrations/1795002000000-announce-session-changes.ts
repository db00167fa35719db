import type { MigrationInterface, QueryRunner } from 'typeorm';

/** `session-change.ts` reads these notes. A changed format needs a new migration, and another channel. */
const CHANNEL = 'authentication_session_changes';
/** More changed rows of one statement than these are announced as all. */
const MOST_IDS = 500;
/** An id has at most 19 digits and a comma, and a note of NOTIFY less than 8000 bytes. */
const IDS_OF_A_NOTE = 300;

/** Rows that differ, byte by byte, also in columns that were added later. */
const CHANGED = 'n.id IS NULL OR o *<> n';
/** The activity of a session may be newer. Then the other columns are compared as text. */
const CHANGED_BUT_FOR_ACTIVITY = `n.id IS NULL OR n.last_active_at < o.last_active_at
          OR (n.last_active_at = o.last_active_at AND o *<> n)
          OR (to_jsonb(o) - 'last_active_at')::text <> (to_jsonb(n) - 'last_active_at')::text`;

const TABLES = [
  { table: 'sessions', kind: 's', changed: CHANGED_BUT_FOR_ACTIVITY },
  { table: 'users', kind: 'u', changed: CHANGED },
];

/**
 * Triggers that announce each session and user whose row was changed, with NOTIFY, in the transaction of the change. They
 * belong to the tables: a statement by hand or of another program is announced, too. Inserted rows are not: a token that
 * was not found is never kept.
 */
export class AnnounceSessionChanges1795002000000 implements MigrationInterface {
  readonly name = 'AnnounceSessionChanges1795002000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const { table, kind, changed } of TABLES) {
      const announce = `authentication.announce_changed_${table}`;
      await runner.query(announcing(announce, kind, changed));
      const on = (when: string, rows: string): string =>
        `CREATE TRIGGER announce_${when.toLowerCase()} AFTER ${when} ON authentication.${table} ${rows}
         FOR EACH STATEMENT EXECUTE FUNCTION ${announce}()`;
      await runner.query(on('UPDATE', 'REFERENCING OLD TABLE AS o NEW TABLE AS n'));
      await runner.query(on('DELETE', 'REFERENCING OLD TABLE AS o'));
      await runner.query(on('TRUNCATE', ''));
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { table } of TABLES)
      await runner.query(`DROP FUNCTION authentication.announce_changed_${table} CASCADE`);
  }
}

function announcing(name: string, kind: string, changed: string): string {
  return `
    CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE ids bigint[];
    BEGIN
      IF TG_OP = 'UPDATE' THEN
        SELECT array_agg(o.id) INTO ids FROM o LEFT JOIN n ON n.id = o.id WHERE ${changed};
      ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(o.id) INTO ids FROM o;
      END IF;
      IF TG_OP = 'TRUNCATE' OR cardinality(ids) > ${MOST_IDS} THEN
        PERFORM pg_notify('${CHANNEL}', 'all');
      ELSE
        PERFORM pg_notify('${CHANNEL}', '${kind}' || string_agg(id::text, ','))
        FROM unnest(ids) WITH ORDINALITY AS changed (id, place) GROUP BY (place - 1) / ${IDS_OF_A_NOTE};
      END IF;
      RETURN NULL;
    END $$`;
}
