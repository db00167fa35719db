import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { ClientConfig } from 'pg';
import type { Database, Statement } from '../../core/database/database.js';
import { SettingError } from '../../core/settings/environment.js';
import { Listener, type Hearing } from './listener.js';
import { assertTriggers } from './announcing-triggers.js';
import type { SessionCache } from './session-cache.js';
import { URL_VARIABLE } from './session-cache.settings.js';

const EVERY_MS = 1000;
const FIRST_PROOF_MS = 5000;
const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;
/** Nonces on their way: more would wait for connections of a pool that has none. */
const MOST_NONCES = 3;

const SEND: Statement = {
  name: 'authentication_prove_session_cache_1',
  text: 'SELECT pg_notify($1, $2)',
};

/** Tells the cache what the database announces, and proves every second that everything was heard. */
export class ChangeFeed implements Hearing {
  private readonly logger = new Logger('SessionCache');
  private readonly own = Listener.ownChannel();
  private listener: Listener | undefined;
  private provenAt = 0;
  private sending = 0;
  private retries = 0;
  private isTrusted = false;
  private isStopped = false;
  private timer: NodeJS.Timeout | undefined;
  private retry: NodeJS.Timeout | undefined;

  constructor(
    private readonly cache: SessionCache,
    private readonly database: Pick<Database, 'run'>,
    private readonly address: ClientConfig,
    private readonly leaseSeconds: number,
  ) {}

  /** @throws SettingError where the cache cannot be used */
  async start(): Promise<void> {
    try {
      await this.connect();
    } catch (error) {
      if (error instanceof SettingError) throw error;
      throw new SettingError(
        `SESSION_CACHE needs a connection of its own to Postgres, which failed (${(error as Error).message}): ` +
          `check ${URL_VARIABLE}, or leave one more connection free, or set SESSION_CACHE=false`,
      );
    }
    this.timer = setInterval(() => {
      this.tick();
    }, EVERY_MS);
    this.timer.unref();
    if (await this.firstProof()) return;
    this.stop();
    throw new SettingError(
      `SESSION_CACHE: what is announced through DATABASE_URL is not heard. Set ${URL_VARIABLE} to the same database, ` +
        'on the same server, or set SESSION_CACHE=false',
    );
  }

  stop(): void {
    this.isStopped = true;
    clearInterval(this.timer);
    clearTimeout(this.retry);
    this.listener?.close();
    this.cache.distrust();
  }

  changed(note: string): void {
    this.cache.hear(note);
  }

  proved(nonce: string): void {
    this.provenAt = performance.now();
    this.retries = 0;
    this.cache.hearNonce(nonce);
    this.tell('the lease ended');
  }

  lost(reason: string): void {
    this.listener?.close();
    this.listener = undefined;
    this.cache.distrust();
    this.tell(reason);
    if (this.isStopped) return;
    const wait = Math.min(SHORTEST_PAUSE_MS * 2 ** this.retries, LONGEST_PAUSE_MS);
    this.retries += 1;
    clearTimeout(this.retry);
    this.retry = setTimeout(() => void this.reconnect(), wait);
    this.retry.unref();
  }

  private async firstProof(): Promise<boolean> {
    const end = performance.now() + FIRST_PROOF_MS;
    while (!this.isTrusted && performance.now() < end) await pause(10);
    return this.isTrusted;
  }

  private async reconnect(): Promise<void> {
    try {
      await this.connect();
    } catch (error) {
      this.lost((error as Error).message);
    }
  }

  private async connect(): Promise<void> {
    await assertTriggers(this.database);
    const listener = await Listener.open(this.address, this.own, this);
    if (this.isStopped) {
      listener.close();
      return;
    }
    this.listener?.close();
    this.listener = listener;
    this.provenAt = performance.now();
    this.prove();
  }

  private tick(): void {
    if (this.listener === undefined) return;
    if (performance.now() - this.provenAt > 2 * this.leaseSeconds * 1000) this.lost('nothing was heard');
    else this.prove();
    this.tell(`nothing was heard for ${this.leaseSeconds} s`);
  }

  private prove(): void {
    if (this.sending === MOST_NONCES) return;
    this.sending += 1;
    this.database
      .run(SEND, [this.own, this.cache.nonce()])
      .catch(() => undefined)
      .finally(() => (this.sending -= 1));
  }

  /** Logs a change, once. */
  private tell(reason: string): void {
    const isTrusted = this.cache.isTrusted();
    if (isTrusted === this.isTrusted || this.isStopped) return;
    this.isTrusted = isTrusted;
    if (isTrusted) this.logger.log({ event: 'session_cache_trusted' });
    else this.logger.warn({ event: 'session_cache_lost', reason });
  }
}
