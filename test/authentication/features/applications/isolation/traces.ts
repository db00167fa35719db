import type { TestApplication } from '../../../../support/application.js';
import type { Application } from '../estate.js';

interface Reference {
  table: string;
  column: string;
  target: string;
  key: string;
}

/** The rows of an application in all tables, and its mails in the mailbox. */
export class Traces {
  private constructor(
    private readonly app: TestApplication,
    private readonly name: string,
    private readonly rows: string,
  ) {}

  /** Finds the rows of the application and of its realm, and all rows that reference them directly or indirectly. */
  static async of(app: TestApplication, { id, name }: Application): Promise<Traces> {
    const conditions = new Map([['authentication.applications', `id = '${id}'`]]);
    for (const table of await tablesWithRealm(app)) conditions.set(table, `realm = '${id}'`);
    const references = await referencesOf(app);
    for (const [target, condition] of conditions) {
      for (const { table, column, key } of references.filter((reference) => reference.target === target)) {
        if (conditions.has(table)) continue;
        conditions.set(table, `${column} IN (SELECT ${key} FROM ${target} WHERE ${condition})`);
      }
    }
    const selections = [...conditions].map(
      ([table, condition]) =>
        `SELECT '${table}' AS of, to_jsonb(t) AS row FROM ${table} t WHERE ${condition}`,
    );
    return new Traces(app, name, `SELECT * FROM (${selections.join(' UNION ALL ')}) r ORDER BY r::text`);
  }

  async seen(): Promise<{ mails: string[]; rows: { of: string; row: object }[] }> {
    const mails = (await this.app.mailbox.all()).filter((mail) =>
      `${mail.subject} ${mail.text}`.includes(this.name),
    );
    return {
      mails: mails.map(({ subject, to }) => `${subject}, to ${to}`),
      rows: await this.app.query(this.rows),
    };
  }
}

async function tablesWithRealm(app: TestApplication): Promise<string[]> {
  const rows = await app.query<{ table: string }>(
    `SELECT format('authentication.%I', table_name) AS table FROM information_schema.columns
     WHERE table_schema = 'authentication' AND column_name = 'realm'`,
  );
  return rows.map(({ table }) => table);
}

function referencesOf(app: TestApplication): Promise<Reference[]> {
  return app.query<Reference>(
    `SELECT c.conrelid::regclass::text AS table, a.attname AS column,
       c.confrelid::regclass::text AS target, k.attname AS key
     FROM pg_constraint c
     JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
     JOIN pg_attribute k ON k.attrelid = c.confrelid AND k.attnum = c.confkey[1]
     WHERE c.contype = 'f' AND c.connamespace = 'authentication'::regnamespace`,
  );
}
