import { Injectable, Module, type OnModuleInit } from '@nestjs/common';
import {
  Column,
  DataSource,
  Entity,
  PrimaryGeneratedColumn,
  type DataSourceOptions,
  type EntityManager,
} from 'typeorm';
import { AuthenticationModule, FEATURES } from '../../../../src/authentication/authentication.module.js';
import { Database } from '../../../../src/authentication/core/database/database.js';
import {
  UserEvents,
  type UserFact,
  type UserListener,
} from '../../../../src/authentication/core/events/user-events.js';
import {
  isEmbedded,
  startApplication,
  testDatabase,
  type TestApplication,
} from '../../../support/application.js';
import { until } from '../../../support/until.js';

/** A table of the host. */
@Entity({ name: 'host_notes' })
class Note {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'text' })
  text!: string;
}

/** What the owner of a project writes to change a table of the host in the transaction of a sign-up. */
@Injectable()
class Welcome implements UserListener, OnModuleInit {
  fails = false;

  constructor(private readonly events: UserEvents) {}

  onModuleInit(): void {
    this.events.listen(this);
  }

  async onUserFact({ action, user }: UserFact, manager: EntityManager): Promise<void> {
    if (action !== 'signed_up') return;
    await manager.insert(Note, { text: `Welcome, ${user.email}` });
    if (this.fails) throw new Error('the host is out of order');
  }
}

@Module({ providers: [Welcome] })
class WelcomeModule {}

function hostDataSource(entities: NonNullable<DataSourceOptions['entities']>): DataSource {
  const connection = testDatabase();
  return new DataSource({
    type: 'postgres',
    ...('url' in connection ? { url: connection.url } : { extra: connection.extra }),
    poolSize: connection.poolSize ?? 4,
    entities,
    // As in the development of many hosts. It must not change our tables.
    synchronize: true,
  });
}

/** Without what is of one transaction only. */
const SET_ON_A_CONNECTION = `SELECT name, setting FROM pg_settings
  WHERE source = 'session' AND name <> 'transaction_isolation' ORDER BY name`;
const SERIALIZABLE = "SET default_transaction_isolation = 'serializable'";

function nameOf({ driver }: DataSource): string {
  return (driver as { database?: string }).database ?? '';
}

const OURS = AuthenticationModule.entities();

const failureOf = (dataSource: DataSource): Promise<string> =>
  startApplication({ database: { dataSource } }).then(
    async (app) => {
      await app.close();
      return 'none';
    },
    (error: unknown) => String(error),
  );

describe("The host's own data source", () => {
  let host: DataSource;
  let app: TestApplication;
  let setBefore: object[];

  beforeAll(async () => {
    // Makes our tables: they must exist before the host's data source starts with our entities.
    await (await startApplication()).close();
    host = await hostDataSource([Note, ...OURS]).initialize();
    // The embedded database has one session. On a server, the setting applies to later connections.
    await host.query(isEmbedded() ? SERIALIZABLE : `ALTER DATABASE "${nameOf(host)}" ${SERIALIZABLE}`);
    if (!isEmbedded()) {
      await host.destroy();
      await host.initialize();
    }
    setBefore = await host.query<object[]>(SET_ON_A_CONNECTION);
    app = await startApplication({
      database: { dataSource: host },
      features: FEATURES,
      imports: [WelcomeModule],
    });
  });
  afterAll(async () => {
    await app.close();
    await host.query('DROP TABLE host_notes');
    const reset = SERIALIZABLE.replace(/^SET (\w+).*/, 'RESET $1');
    await host.query(isEmbedded() ? reset : `ALTER DATABASE "${nameOf(host)}" ${reset}`);
    await host.destroy();
  });

  it('serves sign-up, sign-in, sessions and mails over its pool', async () => {
    const { token, email } = await app.person({ verified: true });
    const { body } = await app.as(token).get('/me').expect(200);
    expect(body).toMatchObject({ email, verified: true });
    expect(app.get(Database).pool).toBe((host.driver as unknown as { master: unknown }).master);
  });

  it("has transactions that include the host's tables and ours", async () => {
    const { email } = await app.signUp();
    expect(await host.getRepository(Note).countBy({ text: `Welcome, ${email}` })).toBe(1);

    const refused = app.newEmail();
    app.get(Welcome).fails = true;
    const password = 'correct horse battery staple';
    await app.anonymous
      .post('/sign_up')
      .send({ email: refused, password, password_confirmation: password })
      .expect(500);
    app.get(Welcome).fails = false;
    expect(await host.getRepository(Note).countBy({ text: `Welcome, ${refused}` })).toBe(0);
    expect(await app.query('SELECT 1 FROM authentication.users WHERE email = $1', [refused])).toEqual([]);
  });

  // The embedded database has one connection: nothing comes between.
  if (!isEmbedded()) {
    it('repeats a single statement that another transaction was in the way of', async () => {
      const { email } = await app.signUp();
      const attempt = () => app.anonymous.post('/sign_in').send({ email, password: 'a wrong password' });
      await attempt().expect(401);
      const other = host.createQueryRunner();
      await other.startTransaction();
      await other.query('UPDATE authentication.counters SET count = count');
      const waiting = attempt().then(({ status }) => status);
      await until(async () => {
        const held = await host.query<unknown[]>(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return held.length > 0;
      });
      await other.commitTransaction();
      await other.release();
      expect(await waiting).toBe(401);
    });
  }

  it('is left as it was: no setting of ours stays on its connections, and it stays open', async () => {
    const other = await startApplication({ database: { dataSource: host } });
    await other.close();
    expect(host.isInitialized).toBe(true);
    expect(await host.query<object[]>(SET_ON_A_CONNECTION)).toEqual(setBefore);
  });

  it('has READ COMMITTED in our transactions, whatever its own default is', async () => {
    const isolation = await app
      .get(Database)
      .transaction((manager) => manager.query<object[]>('SHOW transaction_isolation'));
    expect(isolation).toEqual([{ transaction_isolation: 'read committed' }]);
  });

  it('stops the start with one line when our entities are missing', async () => {
    const bare = await hostDataSource([Note]).initialize();
    try {
      expect(await failureOf(bare)).toMatch(
        /^SettingError: database: the data source does not know User, Session, OneTimeToken.*: add \.\.\.AuthenticationModule\.entities\(\)/,
      );
    } finally {
      await bare.destroy();
    }
  });

  it('stops the start when its style of dates cannot be read', async () => {
    // The embedded database has one session. On a server, the setting applies to later connections.
    const target = isEmbedded() ? '' : `ALTER DATABASE "${nameOf(host)}" `;
    await host.query(`${target}SET datestyle = 'German'`);
    const german = await hostDataSource([Note, ...OURS]).initialize();
    try {
      expect(await failureOf(german)).toMatch(
        /^SettingError: database: DateStyle must be ISO; it is "German, DMY"/,
      );
    } finally {
      await host.query(`${target}RESET datestyle`);
      await german.destroy();
    }
  });
});
