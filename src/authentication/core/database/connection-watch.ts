import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { ClientConfig, Pool, PoolClient } from 'pg';
import { lostProcesses, type Lost } from './lost-connections.js';

/** How often a connection that owes an answer is looked at. The times below are multiples of it, in milliseconds. */
const LOOK_MS = 500;
/** After this time without a byte the server is asked about the connection: perhaps the network has lost it. */
const SUSPICION_MS = 1000;
/** After this time without a byte a connection is dead. Longer than `statement_timeout`, which a server would keep. */
const SILENCE_MS = 4500;

const READ_ONLY = '25006';
const NOTHING_LOST: Lost = { reachable: true, pids: [] };

/** Undocumented parts of `pg`'s client. */
interface Internals {
  readonly connection: EventEmitter & { readonly stream: Socket };
  /** false while a statement has no answer */
  readonly readyForQuery: boolean | null;
}

/**
 * Finds the connections of a pool that are dead, and ends them. `pg` itself gives up on a statement, but keeps its
 * connection, on which every further statement waits as long again.
 */
export class ConnectionWatch {
  /** how long a connection may be silent, if not for `SILENCE_MS` */
  private readonly patience = new WeakMap<PoolClient, number>();
  /** the process of the server behind each connection, if none but this connection has it */
  private readonly processes = new WeakMap<PoolClient, number>();
  /** connections that have owed an answer for long, and how many bytes they had got then */
  private readonly silent = new Map<PoolClient, number>();
  private readonly open = new Set<Socket>();
  private clearing = false;
  private judging = false;
  private closing = false;

  constructor(
    private readonly config: ClientConfig,
    private readonly pool: () => Pool | undefined,
  ) {}

  /** Whoever uses a connection that is ended here gets the error at once, and the pool drops the connection. */
  watch(client: PoolClient): void {
    // Without a listener, which it lacks while the pool hands it over, an error would end the process.
    client.on('error', () => void this.clear({ unanswered: true }));
    const { connection } = internalsOf(client);
    const { stream } = connection;
    this.open.add(stream);
    stream.setTimeout(LOOK_MS).on('timeout', this.looker(client));
    stream.once('close', () => {
      this.open.delete(stream);
      this.silent.delete(client);
    });
    connection.on('errorMessage', ({ code }: { code?: string }) => {
      if (code !== READ_ONLY) return;
      // There may be a new primary, which a new connection reaches. After this turn: the statement gets its error first.
      setImmediate(() => stream.destroy());
      void this.clear();
    });
  }

  /** @param milliseconds how long it may be silent. @returns how long it might before */
  allow(client: PoolClient, milliseconds = SILENCE_MS): number {
    const before = this.patience.get(client) ?? SILENCE_MS;
    this.patience.set(client, milliseconds);
    return before;
  }

  /** The process is known, so that the server can be asked what it does. */
  identify(client: PoolClient, pid: number): void {
    this.processes.set(client, pid);
  }

  /** Closes the idle connections, or with `unanswered` those of them that do not answer. */
  async clear({ unanswered = false } = {}): Promise<void> {
    const pool = this.pool();
    if (pool === undefined || this.clearing || this.closing) return;
    this.clearing = true;
    const one = async (): Promise<void> => {
      const client = await pool.connect();
      if (unanswered) await this.check(client);
      else discard(client);
    };
    await Promise.allSettled(Array.from({ length: pool.idleCount }, one));
    this.clearing = false;
  }

  /** From now on nothing is waited for long. */
  beginToClose(): void {
    this.closing = true;
  }

  /** A connection whose other end is gone would keep the process alive for minutes. */
  endAll(): void {
    for (const stream of this.open) endSoon(stream.unref());
  }

  private looker(client: PoolClient): () => void {
    const { stream } = internalsOf(client).connection;
    let silence = 0;
    let read = -1;
    return () => {
      this.silent.delete(client);
      if (internalsOf(client).readyForQuery === true) return;
      silence = stream.bytesRead === read ? silence + LOOK_MS : LOOK_MS;
      read = stream.bytesRead;
      if (silence >= this.patienceWith(client)) {
        giveUp(client, 'ETIMEDOUT');
        return;
      }
      // It runs out once. The next byte in either direction starts it again, too.
      stream.setTimeout(LOOK_MS);
      if (silence < SUSPICION_MS) return;
      this.silent.set(client, read);
      void this.judge();
    };
  }

  private patienceWith(client: PoolClient): number {
    if (this.closing) return SUSPICION_MS;
    return this.patience.get(client) ?? SILENCE_MS;
  }

  /**
   * Ends the silent connections that are lost, and all idle ones with them: these have gone the same way, and the next
   * request gets a new one. Without process ids, behind a pooler, the idle ones are only checked.
   */
  private async judge(): Promise<void> {
    if (this.judging || this.closing) return;
    this.judging = true;
    const asked = [...this.silent].map(([client, read]) => ({
      client,
      read,
      pid: this.processes.get(client),
    }));
    const pids = asked.flatMap(({ pid }) => pid ?? []);
    const lost = pids.length === 0 ? NOTHING_LOST : await lostProcesses(pids, this.config);
    this.judging = false;
    void this.clear({ unanswered: lost.pids.length === 0 });
    for (const { client, read, pid } of asked) {
      const silentSince = internalsOf(client).connection.stream.bytesRead === read;
      if (silentSince && pid !== undefined && lost.pids.includes(pid))
        giveUp(client, lost.reachable ? 'ECONNRESET' : 'ETIMEDOUT');
    }
  }

  private async check(client: PoolClient): Promise<void> {
    const before = this.allow(client, SUSPICION_MS);
    try {
      await client.query('SELECT 1');
      this.allow(client, before);
      client.release();
    } catch {
      client.release(true);
    }
  }
}

function internalsOf(client: PoolClient): Internals {
  return client as unknown as Internals;
}

/** @param code `ECONNRESET` if another connection would work: then a query is repeated */
function giveUp(client: PoolClient, code: 'ECONNRESET' | 'ETIMEDOUT'): void {
  const error = Object.assign(new Error('The database does not answer'), { code });
  internalsOf(client).connection.stream.destroy(error);
}

function discard(client: PoolClient): void {
  client.release(true);
  endSoon(internalsOf(client).connection.stream);
}

function endSoon(stream: Socket): void {
  stream.setTimeout(LOOK_MS).once('timeout', () => stream.destroy());
}
