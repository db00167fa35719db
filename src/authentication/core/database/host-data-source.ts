import { DataSource } from 'typeorm';
import { SettingError } from '../settings/environment.js';
import { entitiesOf, ourTables, type DatabaseParts } from './data-source.js';
import { poolOf } from './pool.js';

const lent = new WeakSet<DataSource>();

/** Whether its connections are the host's: then nothing is set on them that outlasts a transaction. */
export function isHosts(dataSource: DataSource): boolean {
  return lent.has(dataSource);
}

/**
 * The application's own data source, as ours. `destroy` does nothing on it: who opened it closes it.
 * @throws SettingError with one line that says what we cannot work with
 */
export async function hostDataSource(host: DataSource, parts: readonly DatabaseParts[]): Promise<DataSource> {
  assertLists(host, parts);
  await assertReadable(host);
  const ours = Object.create(host, { destroy: { value: () => Promise.resolve() } }) as DataSource;
  lent.add(ours);
  return ours;
}

/**
 * Our migrations over the host's pool. A data source of its own, because the host's has migrations, and a table of
 * them, that are the host's.
 */
export function migratingDataSource(host: DataSource, parts: readonly DatabaseParts[]): DataSource {
  const pool = poolOf(host);
  // To end the pool is the host's business, and so are the listeners on it.
  const lentPool = {
    connect: (callback?: PoolConnected) => (callback === undefined ? pool.connect() : pool.connect(callback)),
    on: () => pool,
    end: (done: () => void) => done(),
  };
  const driver = {
    Pool: function LentPool() {
      return lentPool;
    },
  };
  const dataSource = new DataSource({ ...ourTables(parts), driver });
  lent.add(dataSource);
  return dataSource;
}

type PoolConnected = Parameters<ReturnType<typeof poolOf>['connect']>[0];

function assertLists(host: DataSource, parts: readonly DatabaseParts[]): void {
  if (host.options.type !== 'postgres') {
    throw new SettingError(
      `database: the data source must be of type "postgres"; it is "${host.options.type}"`,
    );
  }
  if (!host.isInitialized) throw new SettingError('database: the data source must be initialized');
  const missing = entitiesOf(parts).filter((entity) => !host.hasMetadata(entity));
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(', ');
  throw new SettingError(
    `database: the data source does not know ${names}: add ...AuthenticationModule.entities() to its entities`,
  );
}

/** `pg` reads times in the ISO style alone. Its own clients ask for no other, but a role or a database can be set to one. */
async function assertReadable(host: DataSource): Promise<void> {
  const [row] = await host.query<{ DateStyle: string }[]>('SHOW DateStyle');
  if (row?.DateStyle.startsWith('ISO') === true) return;
  throw new SettingError(
    `database: DateStyle must be ISO; it is "${row?.DateStyle ?? 'unknown'}". Set it for the role: ALTER ROLE … SET datestyle = 'ISO'`,
  );
}
