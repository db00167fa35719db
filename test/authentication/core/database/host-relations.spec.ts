import { instanceToPlain } from 'class-transformer';
import {
  Column,
  DataSource,
  Entity,
  ManyToOne,
  PrimaryGeneratedColumn,
  type EntityTarget,
  type Relation,
} from 'typeorm';
import { AuthenticationModule } from '../../../../src/authentication/authentication.module.js';
import { migrate } from '../../../../src/authentication/core/database/migrate.js';
import { Session } from '../../../../src/authentication/core/sessions/session.entity.js';
import { OneTimeToken } from '../../../../src/authentication/core/tokens/one-time-token.entity.js';
import { User } from '../../../../src/authentication/core/users/user.entity.js';
import { startApplication, testDatabase } from '../../../support/application.js';

/** An entity of the application, with a relation to a user. */
@Entity({ name: 'posts' })
class Post {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'text' })
  title!: string;

  @ManyToOne(() => User, { nullable: false, onDelete: 'CASCADE' })
  author!: Relation<User>;
}

const OUR_TABLES = `
  SELECT concat_ws(' ', c.relname, c.relkind, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
    pg_get_expr(d.adbin, d.adrelid)) AS line
  FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE c.relnamespace = 'authentication'::regnamespace
  UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
  WHERE connamespace = 'authentication'::regnamespace
  UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'authentication' ORDER BY line`;

const TABLES_OF_HOST = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename";

const OUR_ENTITIES = AuthenticationModule.dataSource(testDatabase()).options
  .entities as EntityTarget<object>[];

describe("An application's own data source", () => {
  beforeEach(async () => {
    await onDatabase([], async (dataSource) => {
      await dataSource.query('DROP TABLE IF EXISTS public.posts');
      await dataSource.query('DROP SCHEMA IF EXISTS authentication CASCADE');
    });
  });
  afterAll(() => onDatabase([], (dataSource) => dataSource.query('DROP TABLE IF EXISTS public.posts')));

  it('sees that every entity of ours names its schema and is never synchronised', async () => {
    await onDatabase(OUR_ENTITIES, async ({ entityMetadatas }) => {
      const described = entityMetadatas.map(({ schema, synchronize }) => ({ schema, synchronize }));
      expect(described.length).toBeGreaterThan(2);
      expect(new Set(described.map((one) => JSON.stringify(one)))).toEqual(
        new Set(['{"schema":"authentication","synchronize":false}']),
      );
      return Promise.resolve();
    });
  });

  it('can have relations to our users, and synchronises only its own table', async () => {
    await migrated();
    await onDatabase([Post, ...OUR_ENTITIES], async (dataSource) => {
      const before = await dataSource.query<unknown[]>(OUR_TABLES);
      for (let times = 0; times < 2; times += 1) await dataSource.synchronize();
      expect(await dataSource.query(OUR_TABLES)).toEqual(before);
      expect(await dataSource.query(TABLES_OF_HOST)).toEqual([{ tablename: 'posts' }]);
      expect(await foreignKeysOf(dataSource)).toEqual([
        expect.stringContaining('REFERENCES authentication.users(id) ON DELETE CASCADE') as string,
      ]);
    });
  });

  it('generates migrations only for its own table', async () => {
    await migrated();
    await onDatabase([Post, ...OUR_ENTITIES], async (dataSource) => {
      const generated = () => dataSource.driver.createSchemaBuilder().log();
      const [create, constrain, ...more] = (await generated()).upQueries.map(({ query }) => query);
      expect(create).toContain('CREATE TABLE "posts"');
      expect(constrain).toContain('REFERENCES "authentication"."users"("id")');
      expect(more).toEqual([]);
      await dataSource.synchronize();
      expect((await generated()).upQueries).toEqual([]);
    });
  });

  it('does not create our tables on an empty database', async () => {
    await onDatabase(OUR_ENTITIES, async (dataSource) => {
      await dataSource.synchronize();
      expect(await dataSource.query(TABLES_OF_HOST)).toEqual([]);
      expect(await dataSource.query("SELECT 1 FROM pg_namespace WHERE nspname = 'authentication'")).toEqual(
        [],
      );
    });
  });

  it('creates nothing while our tables do not exist yet, and uses them later', async () => {
    await onDatabase([Post, User], async (dataSource) => {
      await expect(dataSource.synchronize()).rejects.toThrow('"authentication" does not exist');
      expect(await dataSource.query(TABLES_OF_HOST)).toEqual([]);
    });
    await migrated();
    await onDatabase([Post, User], async (dataSource) => {
      await dataSource.synchronize();
      expect(await foreignKeysOf(dataSource)).toHaveLength(1);
    });
  });

  it('shows no secret of ours in the JSON of a relation', async () => {
    const app = await startApplication();
    const { userId } = await app.person();
    await app.mailbox.settled();
    await app.close();
    await onDatabase([Post, User, Session, OneTimeToken], async (dataSource) => {
      await dataSource.synchronize();
      const posts = dataSource.getRepository(Post);
      const author = await dataSource.getRepository(User).findOneByOrFail({ id: userId });
      expect(author.passwordDigest).toMatch(/^\$argon2id\$/);
      await posts.save(posts.create({ title: 'Hello', author }));
      const post = await posts.findOneOrFail({ where: { title: 'Hello' }, relations: { author: true } });
      expect(post.author).toBeInstanceOf(User);
      for (const json of [JSON.stringify(post), JSON.stringify(instanceToPlain(post))]) {
        expect(JSON.parse(json)).toMatchObject({
          title: 'Hello',
          author: { id: userId, email: author.email },
        });
        expect(json).not.toMatch(/digest|argon2/i);
      }
      for (const entity of [Session, OneTimeToken]) {
        const row = await dataSource
          .getRepository<Session | OneTimeToken>(entity)
          .findOneByOrFail({ userId });
        expect(Object.keys(row).join()).toMatch(/digest/i);
        for (const json of [JSON.stringify(row), JSON.stringify(instanceToPlain(row))]) {
          expect(JSON.parse(json)).toMatchObject({ userId });
          expect(json).not.toMatch(/digest/i);
        }
      }
    });
  });
});

/** A data source of the host on the same database: its default schema is `public`. */
async function onDatabase<T>(
  entities: readonly EntityTarget<object>[],
  work: (dataSource: DataSource) => Promise<T>,
): Promise<T> {
  const connection = testDatabase();
  const dataSource = new DataSource({
    type: 'postgres',
    ...('url' in connection ? { url: connection.url } : { extra: connection.extra, poolSize: 1 }),
    entities: entities as (new () => object)[],
  });
  await dataSource.initialize();
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

async function migrated(): Promise<void> {
  const dataSource = await AuthenticationModule.dataSource(testDatabase()).initialize();
  await migrate(dataSource);
  await dataSource.destroy();
}

async function foreignKeysOf(dataSource: DataSource): Promise<string[]> {
  const rows = await dataSource.query<{ text: string }[]>(
    "SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conrelid = 'public.posts'::regclass AND contype = 'f'",
  );
  return rows.map(({ text }) => text);
}
