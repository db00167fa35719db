import { Column, getMetadataArgsStorage } from 'typeorm';
import { AuthenticationModule, FEATURES } from '../../../../src/authentication/authentication.module.js';
import type { Feature } from '../../../../src/authentication/authentication.options.js';
import { CommandLineDataSource } from '../../../../src/authentication/core/database/command-line-data-source.js';
import { migrate } from '../../../../src/authentication/core/database/migrate.js';
import { testDatabase } from '../../../support/application.js';

type Table = CommandLineDataSource['entityMetadatas'][number];

const COLUMNS = `
  SELECT concat_ws(' ', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), pg_get_expr(d.adbin, d.adrelid),
    CASE WHEN a.attnotnull THEN 'not null' END, nullif(a.attidentity, ''), nullif(a.attcollation, t.typcollation)) AS line
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE c.relnamespace = 'authentication'::regnamespace AND c.relname = ANY ($1) AND a.attnum > 0 AND NOT a.attisdropped`;

/** The names of primary keys are not compared, since nothing uses them. */
const CONSTRAINTS = `
  SELECT concat_ws(' ', c.relname, CASE WHEN k.contype <> 'p' THEN k.conname END, pg_get_constraintdef(k.oid)) AS line
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
  WHERE c.relnamespace = 'authentication'::regnamespace AND c.relname = ANY ($1)`;

/** Without indexes on expressions, such as `lower(username)`: TypeORM cannot describe them. */
const INDEXES = `
  SELECT pg_get_indexdef(i.indexrelid) AS line FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
  WHERE c.relnamespace = 'authentication'::regnamespace AND c.relname = ANY ($1) AND NOT i.indisprimary
    AND i.indexprs IS NULL`;

describe('entities and migrations', () => {
  // Tables that were made without a migration would stop the migrations of the next spec.
  afterAll(() => withEmptySchema([], () => Promise.resolve()));

  const combinations: [string, readonly Feature[]][] = [
    ['core alone', []],
    ...FEATURES.map((feature): [string, Feature[]] => [`core and ${feature.name}`, [feature]]),
    ['all', FEATURES],
  ];
  for (const [name, features] of combinations) {
    it(`agree: nothing is left for migration:generate with ${name}`, async () => {
      await withEmptySchema(features, async (dataSource) => {
        await dataSource.runMigrations();
        expect(await changesOf(dataSource)).toEqual([]);
      });
    });
  }

  it('disagree when an entity has one column more, for every entity', async () => {
    const { columns } = getMetadataArgsStorage();
    const ours = columns.length;
    await withEmptySchema(FEATURES, async (dataSource) => {
      await dataSource.runMigrations();
    });
    try {
      const expected = AuthenticationModule.dataSource(testDatabase()).options
        .entities as (new () => object)[];
      for (const { prototype } of expected)
        Column({ type: 'text', nullable: true })(prototype as object, 'added');
      await withDataSource(FEATURES, async (dataSource) => {
        expect(dataSource.entityMetadatas.filter(isTableOfEntity)).toHaveLength(expected.length);
        expect(await changesOf(dataSource)).toEqual(
          dataSource.entityMetadatas
            .filter(isTableOfEntity)
            .map(({ tableName }) => `ALTER TABLE "authentication"."${tableName}" ADD "added" text`),
        );
      });
    } finally {
      columns.splice(ours);
    }
  });

  // TypeORM does not compare the columns of an index or a foreign key, their order, or a condition.
  it('make the same tables', async () => {
    const ofMigrations = await withEmptySchema(FEATURES, async (dataSource) => {
      await migrate(dataSource);
      return tablesIn(dataSource);
    });
    const ofEntities = await withEmptySchema(FEATURES, async (dataSource) => {
      await dataSource.synchronize();
      return tablesIn(dataSource);
    });
    expect(ofMigrations.length).toBeGreaterThan(20);
    expect(ofEntities).toEqual(ofMigrations);
  });
});

async function withDataSource<T>(
  features: readonly Feature[],
  work: (dataSource: CommandLineDataSource) => Promise<T>,
): Promise<T> {
  const dataSource = new CommandLineDataSource(AuthenticationModule.dataSource(testDatabase(), features));
  await dataSource.initialize();
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

function withEmptySchema<T>(
  features: readonly Feature[],
  work: (dataSource: CommandLineDataSource) => Promise<T>,
): Promise<T> {
  return withDataSource(features, async (dataSource) => {
    await dataSource.query('DROP SCHEMA authentication CASCADE');
    await dataSource.query('CREATE SCHEMA authentication');
    return work(dataSource);
  });
}

/** The statements that `migration:generate` would write. */
async function changesOf(dataSource: CommandLineDataSource): Promise<string[]> {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  return upQueries.map(({ query }) => query);
}

function isTableOfEntity({ tableType }: Table): boolean {
  return tableType !== 'junction';
}

async function tablesIn(dataSource: CommandLineDataSource): Promise<string[]> {
  const tables = dataSource.entityMetadatas.filter(isTableOfEntity).map(({ tableName }) => tableName);
  const lines: string[] = [];
  for (const text of [COLUMNS, CONSTRAINTS, INDEXES]) {
    const rows = await dataSource.query<{ line: string }[]>(text, [tables]);
    lines.push(...rows.map(({ line }) => line));
  }
  return lines.sort();
}
