import { Module, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { ClientConfig, Pool } from 'pg';
import type { DatabaseConnection } from '../../core/database/data-source.js';
import { Database } from '../../core/database/database.js';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import type { Environment } from '../../core/settings/environment.js';
import { Settings } from '../../core/settings/settings.js';
import { KeptSessions } from '../../sessions/kept-sessions.js';
import { ChangeFeed } from './change-feed.js';
import { AnnounceSessionChanges1795002000000 } from './migrations/1795002000000-announce-session-changes.js';
import { SessionCache } from './session-cache.js';
import { isOnFor, sessionCacheSettings } from './session-cache.settings.js';

/** Does nothing until SESSION_CACHE=true. */
@Module({})
export class SessionCacheModule implements OnModuleInit, BeforeApplicationShutdown {
  private readonly cache: SessionCache | undefined;
  private readonly feed: ChangeFeed | undefined;

  /** @throws SettingError */
  constructor(
    private readonly kept: KeptSessions,
    @Settings() { environment }: AuthenticationSettings,
    database: Database,
  ) {
    const settings = sessionCacheSettings(environment);
    if (!settings.isOn) return;
    this.cache = new SessionCache(settings);
    const address = settings.address ?? addressOf(database.pool);
    this.feed = new ChangeFeed(this.cache, database, address, settings.leaseSeconds);
  }

  /** The triggers. */
  static migrationsFor(environment: Environment, connection: DatabaseConnection) {
    return isOnFor(environment, connection) ? [AnnounceSessionChanges1795002000000] : [];
  }

  async onModuleInit(): Promise<void> {
    if (this.cache === undefined) return;
    await this.feed?.start();
    this.kept.keepWith(this.cache);
  }

  /** Before the pool ends, through which the feed sends. Requests that are still answered read from the database. */
  beforeApplicationShutdown(): void {
    this.feed?.stop();
  }
}

/** The address of the pool's connections, also of a data source of the host. `password` cannot be enumerated there. */
function addressOf({ options }: Pool): ClientConfig {
  return { ...options, password: options.password };
}
