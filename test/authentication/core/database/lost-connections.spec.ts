import { isConnectionLost } from '../../../../src/authentication/core/database/database-failure.js';
import { Database } from '../../../../src/authentication/core/database/database.js';
import {
  isEmbedded,
  startApplication,
  testDatabase,
  type TestApplication,
} from '../../../support/application.js';
import { Wire } from '../../../support/wire.js';

describe('a connection', () => {
  const failure = (message: string, code?: string) => Object.assign(new Error(message), { code });

  it('is lost when it breaks, and not when it cannot be made or a statement fails', () => {
    const lost = [
      failure('', 'ECONNRESET'),
      failure('', '57P01'),
      failure('Connection terminated unexpectedly'),
    ];
    const others = [
      failure('', 'ECONNREFUSED'),
      failure('timeout exceeded when trying to connect'),
      failure('', '23505'),
      failure('The database does not answer', 'ETIMEDOUT'),
    ];
    expect([...lost, ...others].map(isConnectionLost)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

// The embedded database runs in this process: no network is between them.
if (!isEmbedded()) {
  describe('connections that the network has lost', () => {
    let wire: Wire;
    let app: TestApplication;

    beforeAll(async () => {
      const url = new URL((testDatabase() as { url: string }).url);
      wire = await Wire.to(url.hostname, Number(url.port === '' ? 5432 : url.port));
      url.host = `127.0.0.1:${wire.port}`;
      app = await startApplication({ database: { url: url.href, poolSize: 4 } });
    });
    afterAll(async () => {
      await app.close();
      await wire.close();
    });

    /** Several connections, all idle. */
    const fill = async (): Promise<void> => {
      const { pool } = app.get(Database);
      const clients = await Promise.all([1, 2, 3, 4].map(() => pool.connect()));
      for (const client of clients) client.release();
    };

    it('do not fail the next requests', async () => {
      const { email, token } = await app.person();
      for (const send of [
        () => app.as(token).get('/me').expect(200),
        () => app.signIn(email),
        () => app.signUp(),
      ]) {
        await app.mailbox.settled();
        await fill();
        wire.lose();
        await send();
      }
    });

    it('are not used again after one of them failed in a transaction', async () => {
      const database = app.get(Database);
      await fill();
      const failed = database.transaction(async (manager) => {
        await manager.query('SELECT 1');
        wire.lose();
        await manager.query('SELECT 2');
      });
      await expect(failed).rejects.toThrow('The database does not answer');
      const answers = await Promise.all([1, 2, 3, 4].map(() => database.pool.query('SELECT 3 AS three')));
      expect(answers.map(({ rows }): unknown => rows)).toEqual(Array(4).fill([{ three: 3 }]));
    });

    it('are told from statements that take long', async () => {
      const { pool } = app.get(Database);
      const { rows } = await pool.query("SELECT 'answered' AS text FROM pg_sleep(3)");
      expect(rows).toEqual([{ text: 'answered' }]);
    });

    it('are given up in any case, if the server works without an end', async () => {
      const client = await app.get(Database).pool.connect();
      await client.query('SET statement_timeout = 0');
      await expect(client.query('SELECT pg_sleep(30)')).rejects.toThrow('The database does not answer');
      client.release(true);
    });

    it('do not hold up the end of the application', async () => {
      const url = new URL((testDatabase() as { url: string }).url);
      url.host = `127.0.0.1:${wire.port}`;
      const other = await startApplication({ database: { url: url.href, poolSize: 4 } });
      await other.signUp();
      wire.lose();
      await other.close();
    });
  });
}
