import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { Client, type ClientConfig } from 'pg';
import { SettingError } from '../../core/settings/environment.js';
import { refusedEmbedded, URL_VARIABLE } from './session-cache.settings.js';
import { CHANGES } from './session-change.js';

/** Milliseconds for the connection, and for each of its few statements. */
const PATIENCE_MS = 3000;
const KEEP_ALIVE_DELAY_MS = 10_000;

interface Backend {
  pid: number;
  standby: boolean;
}

export interface Hearing {
  /** a note of the triggers */
  changed(note: string): void;
  /** a nonce that this process sent to itself */
  proved(nonce: string): void;
  /** the connection has ended. Told once */
  lost(reason: string): void;
}

/** A connection of its own, which hears what the database announces. It does not keep the process running. */
export class Listener {
  private readonly client: Client;
  private isOpen = false;
  private isOver = false;

  private constructor(
    address: ClientConfig,
    private readonly own: string,
    private readonly hearing: Hearing,
  ) {
    this.client = new Client({
      ...address,
      application_name: 'authentication session cache',
      connectionTimeoutMillis: PATIENCE_MS,
      query_timeout: PATIENCE_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
    });
    this.client.on('error', ({ message }) => this.end(message));
    this.client.on('end', () => this.end('the connection was closed'));
    this.client.on('notification', ({ channel, payload = '' }) => {
      if (this.isOver) return;
      if (channel === this.own) hearing.proved(payload);
      else hearing.changed(payload);
    });
  }

  /** A channel of this process alone. */
  static ownChannel(): string {
    return `${CHANGES}_${randomBytes(8).toString('hex')}`;
  }

  /** @throws SettingError where nothing could be heard for certain; else the error of the connection */
  static async open(address: ClientConfig, own: string, hearing: Hearing): Promise<Listener> {
    const listener = new Listener(address, own, hearing);
    try {
      await listener.begin();
      return listener;
    } catch (error) {
      listener.close();
      throw error;
    }
  }

  /** Without waiting for the other end, which may be gone. `lost` is not told. */
  close(): void {
    this.isOver = true;
    streamOf(this.client).destroy();
    this.client.end().catch(() => undefined);
  }

  private async begin(): Promise<void> {
    await this.client.connect();
    streamOf(this.client).unref();
    const { processID } = this.client as unknown as { processID: number | null };
    if (processID === null) throw refusedEmbedded();
    const { rows } = await this.client.query<Backend>(
      'SELECT pg_backend_pid() AS pid, pg_is_in_recovery() AS standby',
    );
    const [backend] = rows;
    if (backend?.pid !== processID) throw behindPooler();
    if (backend.standby) throw onStandby();
    // A connection that only listens is idle for the server.
    await this.client.query(`SET idle_session_timeout = 0; LISTEN ${CHANGES}; LISTEN ${this.own}`);
    this.isOpen = true;
  }

  /** Before it is open, `open` throws instead. */
  private end(reason: string): void {
    if (this.isOver || !this.isOpen) return;
    this.close();
    this.hearing.lost(reason);
  }
}

function behindPooler(): SettingError {
  return new SettingError(
    `SESSION_CACHE needs a direct connection to Postgres, and a pooler is between: set ${URL_VARIABLE} to the address ` +
      'of the server itself. DATABASE_URL may stay as it is',
  );
}

function onStandby(): SettingError {
  return new SettingError(
    `SESSION_CACHE cannot be used with a standby (pg_is_in_recovery()): set ${URL_VARIABLE}, or DATABASE_URL, to the ` +
      'primary, or set SESSION_CACHE=false',
  );
}

function streamOf(client: Client): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream;
}
