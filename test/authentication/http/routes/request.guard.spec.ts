import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';

describe('A request', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  it('is refused when it has fields and the route takes none', async () => {
    const { token } = await app.person();
    for (const send of [
      app.as(token).post('/sessions/current/renewal'),
      app.as(token).delete('/sessions/others'),
      app.as(token).delete('/sessions/current'),
      app.as(token).delete('/identity/email'),
    ]) {
      const { body } = await send.send({ role: 'admin' }).expect(422);
      expect(body).toMatchObject({ code: 'wrong_parameters', errors: [{ field: 'role', code: 'unknown' }] });
    }
    await app.as(token).get('/me').expect(200);
  });

  it('may have an empty body there', async () => {
    const { token } = await app.person();
    await app.as(token).delete('/sessions/others').send({}).expect(204);
  });

  it('is refused when it has two different tokens, even where no token is needed', async () => {
    const { email } = await app.signUp();
    const { body } = await app.anonymous
      .post('/sign_in')
      .set('Authorization', 'Bearer one')
      .set('X-Session-Token', 'another')
      .send({ email, password: PASSWORD })
      .expect(400);
    expect(body).toMatchObject({ status: 400, code: 'wrong_parameters' });
  });
});
