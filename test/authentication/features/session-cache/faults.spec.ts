import { createServer, connect, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import pg from 'pg';
import { isEmbedded, testDatabase, type TestApplication } from '../../../support/application.js';
import { Log } from '../../../support/log.js';
import { until } from '../../../support/until.js';
import type { Wire } from '../../../support/wire.js';
import { LEASE_MS, Reads, refused, serverUrl, startCached, wireToServer } from './cached.js';

/** A statement of another program. */
async function elsewhere(text: string, values: unknown[] = []): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl().href });
  await client.connect();
  await client.query(text, values);
  await client.end();
}

const revoke = (sessionId: number): Promise<void> =>
  elsewhere('DELETE FROM authentication.sessions WHERE id = $1', [sessionId]);

const LISTENER = `pid IN (SELECT pid FROM pg_stat_activity
  WHERE application_name = 'authentication session cache' AND datname = current_database())`;

/** Like a pooler, it gives its clients a process id that is not that of their connection to the server. */
async function pooler(): Promise<{ url: string; server: Server }> {
  const url = serverUrl();
  const { hostname, port } = url;
  const server = createServer((near) => {
    const far = connect(Number(port === '' ? 5432 : port), hostname);
    near.pipe(far);
    far.on('data', (data) => {
      const key = data.indexOf('K\0\0\0\x0c', 0, 'latin1');
      if (key !== -1) data.writeUInt32BE(1, key + 5);
      near.write(data);
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const)
      one.on('error', () => undefined).on('close', () => other.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: url.href, server };
}

it('A server does not start where the cache can hear nothing', async () => {
  const nowhere = { SESSION_CACHE_URL: 'postgres://postgres@127.0.0.1:1/nowhere' };
  await expect(startCached(nowhere)).rejects.toThrow(/^SESSION_CACHE needs a /);
});

if (!isEmbedded()) {
  it('A server does not start while the triggers are missing or disabled', async () => {
    const app = await startCached();
    const on = 'ON authentication.sessions';
    const set = (how: string) => `ALTER TABLE authentication.sessions ${how} TRIGGER announce_delete`;
    await app.query(set('DISABLE'));
    await expect(startCached()).rejects.toThrow(/^SESSION_CACHE needs its triggers .*missing or disabled/);
    await app.query(`DROP TRIGGER announce_delete ${on}`);
    await expect(startCached()).rejects.toThrow(/^SESSION_CACHE needs its triggers /);
    // What the message says.
    await app.query(
      `DELETE FROM authentication.migrations WHERE name = 'AnnounceSessionChanges1795002000000'`,
    );
    await (await startCached()).close();
    await app.close();
  });

  describe('the connection of the cache', () => {
    let wire: Wire;
    let app: TestApplication;
    let log: Log;
    let reads: Reads;

    beforeAll(async () => {
      const { wire: made, url } = await wireToServer();
      wire = made;
      app = await startCached({ SESSION_CACHE_URL: url });
      log = Log.of(app);
      reads = new Reads(app);
    });
    afterAll(async () => {
      await app.close();
      await wire.close();
    });

    const changes = (): (string | undefined)[] =>
      log.entries().flatMap(({ event }) => (event?.startsWith('session_cache') === true ? [event] : []));

    /** A session that was kept, and is then revoked elsewhere. */
    const revoked = async (): Promise<string> => {
      const { token, sessionId } = await app.person();
      await reads.kept(token);
      return (await revoke(sessionId), token);
    };

    it('when it is cut: every request reads from the database, until it is connected again', async () => {
      const { token, sessionId } = await app.person();
      await reads.kept(token);
      log.lines.length = 0;
      const restore = await wire.cut();
      await until(() => changes().length > 0);
      expect(await reads.of(token)).toEqual(['SELECT']);
      expect(await reads.of(token)).toEqual(['SELECT']);
      await revoke(sessionId);
      await app.as(token).get('/me').expect(401);
      await restore();
      const other = await app.person();
      await reads.kept(other.token);
      expect(changes()).toEqual(['session_cache_lost', 'session_cache_trusted']);
      await revoke(other.sessionId);
      await refused(app, other.token);
    });

    it('when the network has swallowed it: what was revoked is refused when the lease ends', async () => {
      const { token, sessionId } = await app.person();
      await reads.kept(token);
      wire.lose();
      await revoke(sessionId);
      await refused(app, token);
      await reads.kept((await app.person()).token);
      await refused(app, await revoked());
    });

    it('when it is stalled, and goes on later: the same', async () => {
      const { token, sessionId } = await app.person();
      await reads.kept(token);
      wire.silence();
      await revoke(sessionId);
      await refused(app, token);
      wire.speak();
      await reads.kept((await app.person()).token);
      await refused(app, await revoked());
    });

    it('when Postgres ends it: a session revoked at that moment is refused, again and again', async () => {
      for (let time = 0; time < 10; time += 1) {
        const { token, sessionId } = await app.person();
        await reads.kept(token);
        await elsewhere(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${LISTENER}`);
        await revoke(sessionId);
        await refused(app, token);
      }
    });

    it('when Postgres ends every connection: the same', async () => {
      const { token, sessionId } = await app.person();
      await reads.kept(token);
      await elsewhere(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      );
      await revoke(sessionId);
      await refused(app, token);
      await until(async () => (await app.as((await app.person()).token).get('/me')).status === 200);
      await refused(app, await revoked());
    });
  });

  describe('a pool whose connections are silent', () => {
    it('ends the lease: nothing is answered from the cache, although the other connection is alive', async () => {
      const { wire, url } = await wireToServer();
      const app = await startCached(
        { SESSION_CACHE_URL: serverUrl().href },
        { database: { url, poolSize: 4 } },
      );
      const log = Log.of(app);
      const { token } = await app.person();
      await new Reads(app).kept(token);
      wire.silence();
      await until(() => log.entries('session_cache_lost').length > 0, LEASE_MS);
      wire.speak();
      await until(() => log.entries('session_cache_trusted').length > 0);
      await app.as(token).get('/me').expect(200);
      await app.close();
      await wire.close();
    });
  });

  describe('the cache is refused', () => {
    const { url } = testDatabase() as { url: string };

    it('behind a pooler, with the setting for a direct connection, which helps', async () => {
      const { url: pooled, server } = await pooler();
      const database = { url: pooled, poolSize: 4 };
      await expect(startCached({}, { database })).rejects.toThrow(
        /^SESSION_CACHE needs a direct connection to Postgres, and a pooler is between: set SESSION_CACHE_URL/,
      );
      const app = await startCached({ SESSION_CACHE_URL: url }, { database });
      const { token, sessionId } = await app.person();
      await new Reads(app).kept(token);
      await revoke(sessionId);
      await refused(app, token);
      await app.close();
      server.close();
    });

    it('on a standby', async () => {
      // What this connection calls is found in the first schema of its path.
      await elsewhere(`CREATE SCHEMA spec_standby;
        CREATE FUNCTION spec_standby.pg_is_in_recovery() RETURNS boolean LANGUAGE sql AS 'SELECT true'`);
      const standby = new URL(url);
      standby.searchParams.set('options', '-c search_path=spec_standby,pg_catalog');
      await expect(startCached({ SESSION_CACHE_URL: standby.href })).rejects.toThrow(
        /^SESSION_CACHE cannot be used with a standby \(pg_is_in_recovery\(\)\): set SESSION_CACHE_URL/,
      );
      await elsewhere('DROP SCHEMA spec_standby CASCADE');
    });

    it('when the URL leads to another database, where nothing would be heard', async () => {
      const other = process.env['DATABASE_URL'] ?? '';
      await expect(startCached({ SESSION_CACHE_URL: other })).rejects.toThrow(
        /^SESSION_CACHE: what is announced through DATABASE_URL is not heard. Set SESSION_CACHE_URL/,
      );
    });

    it('when nothing answers at the URL', async () => {
      await expect(startCached({ SESSION_CACHE_URL: 'postgres://127.0.0.1:1/none' })).rejects.toThrow(
        /^SESSION_CACHE needs a connection of its own to Postgres, which failed \(.*ECONNREFUSED.*\): check SESSION_CACHE_URL/,
      );
    });
  });
}
