import { Database } from '../../../../src/authentication/core/database/database.js';
import { locked } from '../../../../src/authentication/core/database/startup-lock.js';
import { isEmbedded, startApplication, testDatabase } from '../../../support/application.js';
import { Log } from '../../../support/log.js';
import { until } from '../../../support/until.js';

const NAMED = "SELECT name FROM pg_prepared_statements WHERE name LIKE 'authentication%'";
const HELD = `SELECT 1 FROM pg_locks WHERE locktype = 'advisory'
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

describe('the lock of a start', () => {
  it('makes another instance wait, and is gone afterwards', async () => {
    const app = await startApplication();
    const { dataSource } = app.get(Database);
    const order: string[] = [];
    const start = (name: string) =>
      locked(dataSource, async (runner) => {
        order.push(name);
        expect(await runner.query(HELD)).toHaveLength(1);
        order.push(name);
      });
    await Promise.all([start('one'), start('two')]);
    expect(order.join(' ')).toMatch(/^(?:one one two two|two two one one)$/);
    expect(await app.query(HELD)).toEqual([]);
    await app.close();
  });
});

// The embedded database has one connection, and is never behind a pooler.
if (!isEmbedded()) {
  describe('an instance that waits for the start of another one', () => {
    it('says so in the log', async () => {
      const app = await startApplication();
      const log = Log.of(app);
      const { dataSource } = app.get(Database);
      const waits = () => log.entries('waiting_for_migration').length > 0;
      const begun: string[] = [];
      const first = locked(dataSource, async () => {
        begun.push('first');
        await until(waits);
      });
      await until(() => begun.length > 0);
      await locked(dataSource, () => Promise.resolve(begun.push('second')));
      await first;
      expect(begun).toEqual(['first', 'second']);
      expect(log.entries('waiting_for_migration')).toHaveLength(1);
      await app.close();
    });
  });

  describe('behind a pooler in transaction mode', () => {
    const database = {
      ...(testDatabase() as { url: string; poolSize: number }),
      pooler: 'transaction' as const,
    };

    it('no statement is prepared, and nothing is set on a connection that would stay', async () => {
      const app = await startApplication({ database });
      const { token } = await app.person({ verified: true });
      await app.as(token).get('/me').expect(200);
      expect(await app.query(NAMED)).toEqual([]);
      const [row] = await app.query<{ statement: string; lock: string }>(
        "SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock",
      );
      expect(row).toEqual({ statement: '0', lock: '0' });
      await app.get(Database).transaction(async (manager) => {
        expect(await manager.query('SHOW lock_timeout')).toEqual([{ lock_timeout: '2s' }]);
        expect(await manager.query('SHOW transaction_isolation')).toEqual([
          { transaction_isolation: 'read committed' },
        ]);
      });
      await app.close();
    });
  });

  describe('behind a pooler in transaction mode that nobody has named', () => {
    it('statements that are not prepared any more are repeated, and the log says so once', async () => {
      const { url } = testDatabase() as { url: string };
      // One connection, which has prepared the statements of these requests.
      const app = await startApplication({ database: { url, poolSize: 1 } });
      const log = Log.of(app);
      const { token, email } = await app.person();
      await app.as(token).get('/me').expect(200);
      await app.mailbox.settled();
      await app.query('DEALLOCATE ALL');
      await app.as(token).get('/me').expect(200);
      await app.signIn(email);
      expect(log.entries('transaction_pooler_found')).toHaveLength(1);
      expect(await app.query(NAMED)).toEqual([]);
      await app.close();
    });
  });
}
