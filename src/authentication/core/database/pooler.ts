import { Client, type ClientConfig } from 'pg';

/**
 * What gives us our connections. `direct`: the server itself. `session`: a pooler that keeps a connection of the server for
 * each of ours. `transaction`: a pooler that gives us another connection for each transaction.
 */
export type Pooling = 'direct' | 'session' | 'transaction';

const ROUNDS = 5;
const PROBE_TIMEOUT_MS = 1500;

interface Asked {
  /** what the server, or the pooler, said when the connection was made; null for the embedded database */
  readonly processID: number | null;
  query(text: string): Promise<{ rows: { pid: number }[] }>;
}

/** Whether a connection is one to the server itself: a pooler tells a process id of its own. */
export async function isDirect(client: unknown): Promise<boolean> {
  const { processID } = client as Asked;
  return processID === null || processID === (await backendOf(client as Asked));
}

/**
 * Whether the pooler behind this connection gives it to other clients between transactions. Two clients that are both open
 * meet the same process of the server then, or one client meets two. Asked a few times: other clients may be in between.
 */
export async function isShared(client: unknown, config: ClientConfig): Promise<boolean> {
  const other = new Client({
    ...config,
    connectionTimeoutMillis: PROBE_TIMEOUT_MS,
    query_timeout: PROBE_TIMEOUT_MS,
  });
  other.on('error', () => undefined);
  const first = new Set<number>();
  const second = new Set<number>();
  try {
    await other.connect();
    for (let round = 0; round < ROUNDS; round += 1) {
      first.add(await backendOf(client as Asked));
      second.add(await backendOf(other as unknown as Asked));
    }
  } catch {
    // No second connection is to be had now: what was seen must do.
  }
  other.end().catch(() => undefined);
  return first.size > 1 || second.size > 1 || [...second].some((pid) => first.has(pid));
}

async function backendOf(client: Asked): Promise<number> {
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid ?? 0;
}
