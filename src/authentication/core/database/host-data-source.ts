import { DataSource } from 'typeorm';
import { SettingError } from '../settings/environment.js';
import { entitiesOf, ourTables, type DatabaseParts } from './data-source.js';
import { poolOf } from './pool.js';

const lent = new WeakSet<DataSource>();

/** Whether the connections belong to the host. No setting of ours may stay on them after a transaction. */
export function isHosts(dataSource: DataSource): boolean {
  return lent.has(dataSource);
}

/**
 * Uses the application's own data source as ours. Its `destroy` does nothing: the application closes the data source.
 * @throws SettingError with one line that says why it cannot be used
 */
export async function hostDataSource(host: DataSource, parts: readonly DatabaseParts[]): Promise<DataSource> {
  assertLists(host, parts);
  await assertReadable(host);
  const ours = Object.create(host, { destroy: { value: () => Promise.resolve() } }) as DataSource;
  lent.add(ours);
  return ours;
}

/**
 * Makes a data source that runs our migrations over the host's pool. It is a separate one, because the host's has its
 * own migrations and its own table of migrations.
 */
export function migratingDataSource(host: DataSource, parts: readonly DatabaseParts[]): DataSource {
  const pool = poolOf(host);
  // The host ends its pool and has its own listeners on it, so `on` and `end` do nothing here.
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

/** `pg` reads times in the ISO style only. It is the default, but a role or a database can have another setting. */
async function assertReadable(host: DataSource): Promise<void> {
  const [row] = await host.query<{ DateStyle: string }[]>('SHOW DateStyle');
  if (row?.DateStyle.startsWith('ISO') === true) return;
  throw new SettingError(
    `database: DateStyle must be ISO; it is "${row?.DateStyle ?? 'unknown'}". Set it for the role: ALTER ROLE … SET datestyle = 'ISO'`,
  );
}
