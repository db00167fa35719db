import { Agent, request } from 'node:http';
import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { isEmbedded, testDatabase } from '../support/application.js';
import { until } from '../support/until.js';
import { Wire } from '../support/wire.js';
import { ServerProcess, temporaryDirectory } from './server-process.js';

/** Seconds. */
const LEASE = 2;
/** The lease, and as long again for a busy machine. */
const PATIENCE_MS = LEASE * 2000;
/** CI sets more rounds. */
const ROUNDS = Number(process.env['TEST_ROUNDS'] ?? 1);
const REVOKED = 10_000;
/** How many of these each process has kept. */
const KEPT = 200;
const RACES = 300 * ROUNDS;

const agent = new Agent({ keepAlive: true, maxSockets: 32 });

/** The status of an authenticated request. */
function statusOf(server: ServerProcess, token: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-session-token': token };
    const sent = request(`${server.url}/sessions/current`, { headers, agent }, (response) => {
      response.resume();
      response.on('end', () => {
        resolve(response.statusCode ?? 0);
      });
    });
    sent.on('error', reject);
    sent.end();
  });
}

const tokenOf = (name: string, index: number): string => `${name}${index}`.padEnd(43, 'x');

if (!isEmbedded()) {
  describe('three processes with the session cache', () => {
    const directory = temporaryDirectory();
    const { url } = testDatabase() as { url: string };
    const database = new pg.Pool({ connectionString: url, max: 4 });
    let wire: Wire;
    let servers: ServerProcess[] = [];
    /** Reaches the database through the wire. */
    let third: ServerProcess;

    beforeAll(async () => {
      const { hostname, port } = new URL(url);
      wire = await Wire.to(hostname, Number(port === '' ? 5432 : port));
      const wired = new URL(url);
      wired.host = `127.0.0.1:${wire.port}`;
      const variables = {
        SESSION_CACHE: 'true',
        SESSION_CACHE_LEASE_SECONDS: String(LEASE),
        SESSION_CACHE_ENTRIES: '20000',
        LOG_LEVEL: 'silent',
      };
      const start = (databaseUrl: string): Promise<ServerProcess> =>
        ServerProcess.start({ directory, variables: { ...variables, DATABASE_URL: databaseUrl } });
      servers = await Promise.all([url, url, wired.href].map(start));
      third = servers[2]!;
    }, 180_000);
    afterAll(async () => {
      await Promise.all(servers.map((server) => server.stop('SIGKILL')));
      await wire.close();
      await database.end();
      agent.destroy();
      rmSync(directory, { recursive: true, force: true });
    });

    /** Sessions of one user, with the tokens of `tokenOf`. */
    const sessions = async (name: string, count: number): Promise<void> => {
      await database.query(
        `WITH owner AS (
           INSERT INTO authentication.users (realm, email)
           VALUES ('00000000-0000-0000-0000-000000000000', $1 || '@example.com') RETURNING id)
         INSERT INTO authentication.sessions (user_id, token_digest)
         SELECT owner.id, sha256(convert_to(rpad($1 || n, 43, 'x'), 'UTF8'))
         FROM owner, generate_series(0, $2 - 1) AS n`,
        [name, count],
      );
    };
    const ofOwner = `user_id = (SELECT id FROM authentication.users WHERE email = $1 || '@example.com')`;

    const answers = async (tokens: readonly string[]): Promise<number[]> =>
      Promise.all(servers.flatMap((server) => tokens.map((token) => statusOf(server, token))));
    const allAnswer = async (status: number, tokens: readonly string[]): Promise<boolean> =>
      (await answers(tokens)).every((answered) => answered === status);
    /** Asked twice, so that each process has kept it. */
    const keep = async (tokens: readonly string[]): Promise<void> => {
      for (let time = 0; time < 2; time += 1) expect(await allAnswer(200, tokens)).toBe(true);
    };
    const areRefused = (tokens: readonly string[]): Promise<boolean> =>
      until(() => allAnswer(401, tokens), PATIENCE_MS);
    const some = (name: string): string[] =>
      Array.from({ length: KEPT }, (_, index) => tokenOf(name, (index * REVOKED) / KEPT));

    it('refuse a session that one of them has ended', async () => {
      await sessions('ended', 3);
      for (const [index, server] of servers.entries()) {
        const token = tokenOf('ended', index);
        await keep([token]);
        const headers = { 'x-session-token': token };
        const { status } = await fetch(`${server.url}/sessions/current`, { method: 'DELETE', headers });
        expect(status).toBe(204);
        await areRefused([token]);
      }
    });

    it('refuse every one of 10,000 sessions that one statement has ended, and no other', async () => {
      await sessions('at.once', REVOKED);
      await sessions('other', 1);
      await keep([...some('at.once'), tokenOf('other', 0)]);
      await database.query(`DELETE FROM authentication.sessions WHERE ${ofOwner}`, ['at.once']);
      await areRefused(some('at.once'));
      expect(await allAnswer(200, [tokenOf('other', 0)])).toBe(true);
    });

    it('refuse every one of 10,000 sessions that were ended one by one', async () => {
      await sessions('one.by.one', REVOKED);
      await keep(some('one.by.one'));
      await database.query(`DO $$ DECLARE one bigint; BEGIN
        FOR one IN SELECT s.id FROM authentication.sessions s JOIN authentication.users u ON u.id = s.user_id
          WHERE u.email = 'one.by.one@example.com'
        LOOP DELETE FROM authentication.sessions WHERE id = one; COMMIT; END LOOP;
      END $$`);
      await areRefused(some('one.by.one'));
    });

    it('keep nothing that is read while it is changed: no racing read is answered for long', async () => {
      await sessions('race', RACES);
      let took = 1;
      const race = async (index: number): Promise<void> => {
        const token = tokenOf('race', index);
        const began = performance.now();
        const reads = servers.flatMap((server) => [0, 1].map(() => statusOf(server, token)));
        void reads[0]?.then(() => (took = performance.now() - began));
        const end = `DELETE FROM authentication.sessions WHERE token_digest = sha256(convert_to($1, 'UTF8'))`;
        // Before, while and after the reads.
        await pause(Math.random() * 1.5 * took);
        await Promise.all([...reads, database.query(end, [token])]);
      };
      for (let begun = 0; begun < RACES; begun += 4)
        await Promise.all([0, 1, 2, 3].map((at) => race(begun + at)));
      const tokens = Array.from({ length: RACES }, (_, index) => tokenOf('race', index));
      await areRefused(tokens);
    }, 120_000);

    it('refuse what was ended while one of them could not hear it, when its lease is over', async () => {
      await sessions('unheard', 3);
      const silent = (begin: () => void) => async (): Promise<() => Promise<void>> => {
        begin();
        await Promise.resolve();
        return () => Promise.resolve();
      };
      const faults = [
        silent(() => {
          wire.lose();
        }),
        silent(() => {
          wire.silence();
        }),
        () => wire.cut(),
      ];
      for (const [index, fault] of faults.entries()) {
        const token = tokenOf('unheard', index);
        await keep([token]);
        const restore = await fault();
        await database.query(
          `DELETE FROM authentication.sessions WHERE ${ofOwner}
          AND token_digest = sha256(convert_to($2, 'UTF8'))`,
          ['unheard', token],
        );
        // It has no database either, so it may answer 503; but never 200 after its lease.
        await until(async () => (await statusOf(third, token)) !== 200, PATIENCE_MS);
        wire.speak();
        await restore();
        await until(async () => (await statusOf(third, token)) === 401);
        await areRefused([token]);
        await sessions(`heard.${index}`, 1);
        await until(() => allAnswer(200, [tokenOf(`heard.${index}`, 0)]));
      }
    }, 120_000);

    it('answer nothing from before, when a process was stopped for longer than its lease', async () => {
      await sessions('stopped', 1);
      const token = tokenOf('stopped', 0);
      await keep([token]);
      third.kill('SIGSTOP');
      await database.query(`DELETE FROM authentication.sessions WHERE ${ofOwner}`, ['stopped']);
      const asked = statusOf(third, token);
      await pause(LEASE * 1000 + 200);
      third.kill('SIGCONT');
      expect(await asked).toBe(401);
    });

    it('refuse what was ended while Postgres ended all their connections', async () => {
      await sessions('terminated', 20);
      for (let index = 0; index < 20; index += 1) {
        const token = tokenOf('terminated', index);
        await until(() => allAnswer(200, [token]));
        await database.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND application_name LIKE 'authentication%'`);
        await database.query(
          `DELETE FROM authentication.sessions WHERE ${ofOwner}
          AND token_digest = sha256(convert_to($2, 'UTF8'))`,
          ['terminated', token],
        );
        await areRefused([token]);
      }
    }, 120_000);
  });
} else {
  it('a server with the session cache refuses the embedded database in one line', async () => {
    const directory = temporaryDirectory();
    const variables = { DATABASE_URL: 'pglite:memory', SESSION_CACHE: 'true' };
    const { code, stderr } = await ServerProcess.refused({ directory, variables });
    expect(stderr.trimEnd()).toMatch(/^SESSION_CACHE needs a Postgres server .*Set SESSION_CACHE=false$/);
    expect(code).toBe(1);
    rmSync(directory, { recursive: true, force: true });
  });
}
