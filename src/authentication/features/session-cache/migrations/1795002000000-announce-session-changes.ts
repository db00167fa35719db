import type { MigrationInterface, QueryRunner } from 'typeorm';

/** `session-change.ts` reads these notes. A changed format needs a new migration, and another channel. */
const CHANNEL = 'authentication_session_changes';
/** More changed rows of one statement than these are announced as all. */
const MOST_IDS = 500;
/** An id has at most 19 digits and a comma, and a note of NOTIFY less than 8000 bytes. */
const IDS_OF_A_NOTE = 300;

/** Names that no column of an owner has: a column would be meant instead of the row. */
const [BEFORE, AFTER] = ['authentication_row_before', 'authentication_row_after'];

/** Rows that differ, byte by byte, also in columns that were added later. */
const CHANGED = `${AFTER}.id IS NULL OR ${BEFORE} *<> ${AFTER}`;
/** The activity of a session may be newer. Then the other columns are compared as text. */
const CHANGED_BUT_FOR_ACTIVITY = `${AFTER}.id IS NULL OR ${AFTER}.last_active_at < ${BEFORE}.last_active_at
          OR (${AFTER}.last_active_at = ${BEFORE}.last_active_at AND ${BEFORE} *<> ${AFTER})
          OR (to_jsonb(${BEFORE}) - 'last_active_at')::text <> (to_jsonb(${AFTER}) - 'last_active_at')::text`;

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
      const on = async (when: string, rows: string): Promise<void> => {
        const trigger = `announce_${when.toLowerCase()}`;
        await runner.query(
          `CREATE OR REPLACE TRIGGER ${trigger} AFTER ${when} ON authentication.${table} ${rows}
           FOR EACH STATEMENT EXECUTE FUNCTION ${announce}()`,
        );
        // Also for changes that replication brings (session_replication_role = replica).
        await runner.query(`ALTER TABLE authentication.${table} ENABLE ALWAYS TRIGGER ${trigger}`);
      };
      await on('UPDATE', `REFERENCING OLD TABLE AS ${BEFORE} NEW TABLE AS ${AFTER}`);
      await on('DELETE', `REFERENCING OLD TABLE AS ${BEFORE}`);
      await on('TRUNCATE', '');
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { table } of TABLES)
      await runner.query(`DROP FUNCTION authentication.announce_changed_${table} CASCADE`);
  }
}

/** With a search path of its own: functions of the same names in a schema of another role are not called. */
function announcing(name: string, kind: string, changed: string): string {
  return `
    CREATE OR REPLACE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    DECLARE ids bigint[];
    BEGIN
      IF TG_OP = 'UPDATE' THEN
        BEGIN
          SELECT array_agg(${BEFORE}.id) INTO ids FROM ${BEFORE} LEFT JOIN ${AFTER} USING (id) WHERE ${changed};
        EXCEPTION WHEN data_exception THEN
          -- A column holds what jsonb cannot.
          SELECT array_agg(${BEFORE}.id) INTO ids FROM ${BEFORE};
        END;
      ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(${BEFORE}.id) INTO ids FROM ${BEFORE};
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
