import { PASSWORD, startApplication, type TestApplication } from '../../support/application.js';

const FORM = { password: PASSWORD, password_confirmation: PASSWORD };

describe('POST /sign_up', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  it('creates a user', async () => {
    const { body, headers } = await app.anonymous
      .post('/sign_up')
      .send({ email: ' Ada@Example.com', ...FORM })
      .expect(201);
    expect(body).toEqual({
      id: expect.any(Number) as number,
      email: 'ada@example.com',
      verified: false,
      unconfirmed_email: null,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      updated_at: expect.any(String) as string,
    });
    expect(headers['cache-control']).toBe('no-store');
  });

  it('mails a link that confirms the address', async () => {
    const { email } = await app.signUp();
    const link = await app.mailbox.linkTo(email);
    expect(`${link.origin}${link.pathname}`).toBe('http://app.test/identity/email_verification');
    const token = link.searchParams.get('token');
    await app.anonymous.put('/identity/email_verification').send({ email, token }).expect(204);
    const { token: session } = await app.signIn(email);
    const { body } = await app.as(session).get('/me').expect(200);
    expect(body).toMatchObject({ email, verified: true });
  });

  it('refuses a registered address, in any spelling', async () => {
    const { email } = await app.signUp();
    const { body } = await app.anonymous
      .post('/sign_up')
      .send({ email: email.toUpperCase(), ...FORM })
      .expect(422);
    expect(body).toMatchObject({
      code: 'already_registered',
      errors: [{ field: 'email', code: 'already_registered' }],
    });
  });

  it('names every missing field', async () => {
    const { body, headers } = await app.anonymous
      .post('/sign_up')
      .send({ email: null, password: '' })
      .expect(422);
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(body).toMatchObject({
      status: 422,
      code: 'missing_parameters',
      errors: [
        { field: 'email', code: 'missing' },
        { field: 'password', code: 'missing' },
        { field: 'password_confirmation', code: 'missing' },
      ],
    });
  });
});
