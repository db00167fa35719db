import { startApplication, type TestApplication } from '../../../support/application.js';

describe('A row of ours that a table of the host refers to', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
    await app.query('CREATE TABLE public.visits (session_id bigint REFERENCES authentication.sessions)');
  });
  afterAll(async () => {
    await app.query('DROP TABLE public.visits');
    await app.close();
  });

  it('is not deleted, and the answer is 409 in_use', async () => {
    const { token, sessionId } = await app.person();
    await app.query('INSERT INTO public.visits VALUES ($1)', [sessionId]);
    // By fetch, because this answer is not in our OpenAPI document: it depends on the tables of the host.
    const answer = await fetch(`${app.url}/sessions/current`, {
      method: 'DELETE',
      headers: { 'X-Session-Token': token },
    });
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({ code: 'in_use' });
    await app.as(token).get('/me').expect(200);
    await app.query('DELETE FROM public.visits');
    await app.as(token).delete('/sessions/current').expect(204);
  });
});
