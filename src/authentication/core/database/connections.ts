import { Logger } from '@nestjs/common';
import type { ClientConfig, Pool, PoolClient } from 'pg';
import type { DataSource } from 'typeorm';
import { ConnectionWatch } from './connection-watch.js';
import { isDirect, isShared, type Pooling } from './pooler.js';
import {
  SET_KEPT_BY_POOLERS,
  SET_PATIENT_LIMITS,
  SET_SESSION,
  SET_SESSION_WITHOUT_LIMITS,
} from './session-settings.js';
import { readTimesFast } from './timestamps.js';

/** Milliseconds without a byte after which a connection is dead: one that is being made, and one that does upkeep. */
const WHILE_CONNECTING_MS = 1500;
/** At the start of the server: a pooler in session mode may have no connection until another instance leaves one idle. */
const WHILE_STARTING_MS = 30_000;
const WITH_PATIENCE_MS = 65_000;

const known = new WeakMap<DataSource, Connections>();

/** The connections of a data source that we opened ourselves to a server; undefined for a host's or an embedded one. */
export function connectionsOf(dataSource: DataSource): Connections | undefined {
  return known.get(dataSource);
}

/** The connections in a pool of ours: what is set on each, and what of it depends on a pooler. */
export class Connections {
  /** `direct` until the first connection has shown what it is */
  pooling: Pooling = 'direct';
  readonly watch: ConnectionWatch;
  private readonly logger = new Logger('Database');
  private starts = 0;
  private found: Promise<Pooling> | undefined;
  private pool: () => Pool | undefined = () => undefined;

  constructor(
    private readonly config: ClientConfig,
    private readonly pooler: 'session' | 'transaction',
    private readonly limited = true,
  ) {
    this.watch = new ConnectionWatch(config, () => this.pool());
  }

  /** The same, for work that may take long. */
  withoutLimits(): Connections {
    return new Connections(this.config, this.pooler, false);
  }

  belongTo(dataSource: DataSource, pool: () => Pool | undefined): void {
    known.set(dataSource, this);
    this.pool = pool;
  }

  /** `pg`'s pool waits for this before it hands out a new connection. */
  readonly onConnect = async (client: PoolClient): Promise<void> => {
    this.watch.watch(client);
    readTimesFast(client);
    const isStarting = this.starts > 0 || this.pool() === undefined;
    this.watch.allow(client, isStarting ? WHILE_STARTING_MS : WHILE_CONNECTING_MS);
    this.found ??= this.find(client);
    this.pooling = await this.found.catch((error: unknown) => {
      this.found = undefined;
      throw error;
    });
    const { rows } = await client.query<{ pid: number }>(this.settings);
    if (this.pooling === 'direct') this.watch.identify(client, rows[0]?.pid ?? 0);
    this.watch.allow(client, this.limited ? undefined : Infinity);
  };

  /** Waits longer for new connections, as long as this part of a start takes. */
  async starting<T>(work: () => Promise<T>): Promise<T> {
    this.starts += 1;
    try {
      return await work();
    } finally {
      this.starts -= 1;
    }
  }

  /** Runs statements that may take up to a minute. */
  async patiently<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const pool = this.pool();
    if (pool === undefined) throw new Error('the data source is not initialized');
    const client = await pool.connect();
    try {
      const restore = await this.relax(client, SET_PATIENT_LIMITS, WITH_PATIENCE_MS);
      const result = await work(client);
      await restore();
      client.release();
      return result;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  /** Removes the time limits from a connection. @returns a function that restores them */
  async relax(
    client: PoolClient,
    settings = SET_SESSION_WITHOUT_LIMITS,
    silence = Infinity,
  ): Promise<() => Promise<void>> {
    const before = this.watch.allow(client, silence);
    if (this.pooling !== 'transaction') await client.query(settings);
    return async () => {
      if (this.pooling !== 'transaction') await client.query(this.settings);
      this.watch.allow(client, before);
    };
  }

  private get settings(): string {
    if (this.pooling === 'transaction') return SET_KEPT_BY_POOLERS;
    return this.limited ? SET_SESSION : SET_SESSION_WITHOUT_LIMITS;
  }

  private async find(client: PoolClient): Promise<Pooling> {
    if (this.pooler === 'transaction') return 'transaction';
    if (await isDirect(client)) return 'direct';
    if (!(await isShared(client, this.config))) return 'session';
    this.logger.warn({
      event: 'transaction_pooler_found',
      reason: 'The pooler gives its connections away between transactions: set DATABASE_POOLER=transaction',
    });
    return 'transaction';
  }
}
