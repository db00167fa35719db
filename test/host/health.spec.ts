import { Database } from '../../src/authentication/core/database/database.js';
import { HTTP_ADAPTERS } from '../../src/config/http-adapters.js';
import { Readiness } from '../../src/health/readiness.js';
import { isEmbedded, type TestApplication } from '../support/application.js';
import { startHost } from '../support/host.js';

describe('GET /health', () => {
  for (const adapter of HTTP_ADAPTERS) {
    describe(`on ${adapter}`, () => {
      let app: TestApplication;

      beforeAll(async () => {
        app = await startHost({ adapter });
      });
      afterAll(() => app.close());

      it('is live and ready', async () => {
        for (const path of ['/health/live', '/health/ready']) {
          const { body, headers } = await app.anonymous.get(path).expect(200);
          expect(body).toEqual({ status: 'ok' });
          expect(headers['cache-control']).toBe('no-store');
        }
      });

      it('needs no token, and ignores one', async () => {
        await app.as('made-up').get('/health/ready').expect(200);
      });

      it('is live but not ready while no connection to the database is free', async () => {
        const { pool } = app.get(Database);
        const held = await Promise.all(Array.from({ length: isEmbedded() ? 1 : 8 }, () => pool.connect()));
        const [live, ready] = await Promise.all([
          app.anonymous.get('/health/live'),
          app.anonymous.get('/health/ready'),
        ]);
        for (const client of held) client.release();
        expect(live.status).toBe(200);
        expect(ready.status).toBe(503);
        expect(ready.body).toMatchObject({ code: 'unavailable' });
        await app.anonymous.get('/health/ready').expect(200);
      });

      it('is not ready once the server is stopping, but still answers requests', async () => {
        app.get(Readiness).beginToStop();
        const { body, headers } = await app.anonymous.get('/health/ready').expect(503);
        expect(body).toMatchObject({ code: 'unavailable' });
        expect(headers['cache-control']).toBe('no-store');
        expect(headers['connection']).toBe('close');
        await app.anonymous.get('/health/live').expect(200);
        await app.anonymous.get('/me').expect(401);
      });
    });
  }
});
