import { Client, DatabaseError, type ClientConfig } from 'pg';

const TIMEOUT_MS = 1500;

const WORKING = `SELECT pid FROM pg_stat_activity WHERE pid = ANY ($1::int[])
  AND (state = 'active' OR state_change > clock_timestamp() - interval '0.5 seconds')`;

export interface Lost {
  readonly reachable: boolean;
  readonly pids: readonly number[];
}

/**
 * Asks over a new connection which of these processes of the server do nothing for their clients, which wait: the question
 * or the answer was lost on the way, and will not come any more. A process that works, or waits for a lock, is not lost.
 * @returns the lost ones: all of them if the server cannot be reached, none if it is there but does not tell
 */
export async function lostProcesses(pids: readonly number[], config: ClientConfig): Promise<Lost> {
  const client = new Client({ ...config, connectionTimeoutMillis: TIMEOUT_MS, query_timeout: TIMEOUT_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ pid: number }>(WORKING, [pids]);
    const working = rows.map(({ pid }) => pid);
    return { reachable: true, pids: pids.filter((pid) => !working.includes(pid)) };
  } catch (error) {
    return error instanceof DatabaseError ? { reachable: true, pids: [] } : { reachable: false, pids };
  } finally {
    client.end().catch(() => undefined);
  }
}
