import {
  PASSWORD,
  SIGN_UP_FIELDS,
  startApplication,
  type TestApplication,
} from '../../support/application.js';

const FORM = { password: PASSWORD, password_confirmation: PASSWORD };

describe('POST /sign_up refuses', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  const refuse = async (body: object): Promise<unknown> => {
    const answer = await app.anonymous.post('/sign_up').send(body).expect(422);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.headers['cache-control']).toBe('no-store');
    return answer.body;
  };

  it('a body without fields, or none at all', async () => {
    const missing = ['email', 'password', 'password_confirmation'].map((field) => ({
      field,
      code: 'missing',
    }));
    expect(await refuse({})).toMatchObject({ code: 'missing_parameters', errors: missing });
    const { body } = await app.anonymous.post('/sign_up').expect(422);
    const own = Object.keys(SIGN_UP_FIELDS).map((field) => ({ field, code: 'missing' }));
    expect(body).toMatchObject({ code: 'missing_parameters', errors: [...missing, ...own] });
  });

  it('a body that is not an object', async () => {
    for (const body of [[], [{ email: app.newEmail(), ...FORM }]]) {
      const problem = await refuse(body);
      expect(problem).toMatchObject({ code: 'wrong_parameters' });
      expect(problem).not.toHaveProperty('errors');
    }
  });

  it('unknown fields, so that nothing is mass-assigned (ASVS 15.3.3)', async () => {
    const email = app.newEmail();
    const extra = {
      id: 1,
      verified: true,
      realm: 'x',
      password_digest: 'x',
      suspended_at: null,
      role: 'admin',
    };
    expect(await refuse({ email, ...FORM, ...extra })).toMatchObject({
      code: 'wrong_parameters',
      errors: Object.keys(extra).map((field) => ({ field, code: 'unknown' })),
    });
    await app.anonymous.post('/sign_in').send({ email, password: PASSWORD }).expect(401);
  });

  it('the names of prototype methods as unknown fields', async () => {
    const text = JSON.stringify({ email: app.newEmail(), ...FORM, ...SIGN_UP_FIELDS }).replace(
      '{',
      '{"toString":1,"hasOwnProperty":null,',
    );
    const { body } = await app.anonymous
      .post('/sign_up')
      .set('Content-Type', 'application/json')
      .send(text)
      .expect(422);
    expect(body).toMatchObject({
      errors: [
        { field: 'toString', code: 'unknown' },
        { field: 'hasOwnProperty', code: 'unknown' },
      ],
    });
  });

  it('values of a wrong type', async () => {
    for (const value of [5, true, ['x'], { x: 1 }]) {
      expect(await refuse({ email: value, password: value, password_confirmation: value })).toMatchObject({
        code: 'wrong_parameters',
        errors: [
          { field: 'email', code: 'invalid' },
          { field: 'password', code: 'invalid' },
          { field: 'password_confirmation', code: 'invalid' },
        ],
      });
    }
  });

  it('a NUL or a lone surrogate, in every field', async () => {
    for (const wrong of ['\0', '\ud800', '\udfff', 'a\udc00b']) {
      const text = `${PASSWORD}${wrong}`;
      expect(
        await refuse({ email: `a${wrong}@example.com`, password: text, password_confirmation: text }),
      ).toMatchObject({
        code: 'wrong_parameters',
        errors: [
          { field: 'email', code: 'invalid' },
          { field: 'password', code: 'invalid' },
          { field: 'password_confirmation', code: 'invalid' },
        ],
      });
    }
  });

  it('a value that is not an email address', async () => {
    const addresses = [
      'nobody',
      '@example.com',
      'a@',
      'a@b',
      'a b@example.com',
      '"a b"@example.com',
      '"a"@example.com',
      'a@example.com, b@example.com',
      'a@b@example.com',
      'a@127.0.0.1',
      'a@[127.0.0.1]',
      'a@example.com\r\nBcc: b@example.com',
      'a@exam\nple.com',
      'a@example.com/b',
      'a@example.com?b',
      'a@ex%61mple.com',
      'Ada <a@example.com>',
      'gıthub@example.com',
      `${'a'.repeat(64)}@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}.com`,
    ];
    for (const email of addresses) {
      expect([email, await refuse({ email, ...FORM })]).toMatchObject([
        email,
        { code: 'wrong_parameters', errors: [{ field: 'email', code: 'invalid' }] },
      ]);
    }
  });

  it('a password that is too short, too long, too common, or not confirmed', async () => {
    const of = (password: string, confirmation = password) =>
      refuse({ email: app.newEmail(), password, password_confirmation: confirmation });
    const with_ = (field: string, code: string) => ({ code: 'wrong_parameters', errors: [{ field, code }] });
    expect(await of('fourteen chars')).toMatchObject(with_('password', 'too_short'));
    expect(await of('xy z'.repeat(65))).toMatchObject(with_('password', 'too_long'));
    expect(await of('passwordpassword')).toMatchObject(with_('password', 'too_common'));
    expect(await of(PASSWORD, `${PASSWORD} `)).toMatchObject(with_('password_confirmation', 'mismatch'));
  });

  it('all errors in one answer, whose code is missing_parameters if a field is missing', async () => {
    expect(await refuse({ email: 'nobody', password: 'short', role: 'admin' })).toMatchObject({
      code: 'missing_parameters',
      errors: [
        { field: 'password_confirmation', code: 'missing' },
        { field: 'email', code: 'invalid' },
        { field: 'password', code: 'too_short' },
        { field: 'role', code: 'unknown' },
      ],
    });
  });

  it('without repeating what was sent', async () => {
    const marker = 'zanzibar-4711';
    const text = JSON.stringify(
      await refuse({ email: marker, password: marker, password_confirmation: `${marker}!`, role: marker }),
    );
    expect(text).not.toContain('zanzibar');
  });

  it('all but one of many sign-ups with the same address at the same time', async () => {
    const email = app.newEmail();
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        app.anonymous
          .post('/sign_up')
          .send({ email: index % 2 === 0 ? email : email.toUpperCase(), ...FORM }),
      ),
    );
    const created = answers.filter(({ status }) => status === 201);
    expect(created).toHaveLength(1);
    for (const { body } of answers.filter((answer) => answer.status !== 201)) {
      expect(body).toMatchObject({
        status: 422,
        code: 'already_registered',
        errors: [{ field: 'email', code: 'already_registered' }],
      });
    }
    expect(await app.mailbox.to(email)).toHaveLength(1);
  });
});

describe('POST /sign_up', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  it('uses the last value of a key that is sent twice', async () => {
    const [first, last] = [app.newEmail(), app.newEmail()];
    const rest = JSON.stringify({ email: last, ...FORM, ...SIGN_UP_FIELDS });
    const { body } = await app.anonymous
      .post('/sign_up')
      .set('Content-Type', 'application/json')
      .send(rest.replace('{', `{"email":"${first}",`))
      .expect(201);
    expect(body).toMatchObject({ email: last });
  });

  it('accepts the example from the documentation of authentication-zero', async () => {
    const password = 'Secret1*2*3*4*5*6';
    const { email } = await app.signUp('lazaronixon@hotmail.com', password);
    await app.signIn(email, password);
  });

  it('accepts a confirmation in another Unicode normalization form', async () => {
    const password = 'Schrödingers Katze lebt';
    await app.anonymous
      .post('/sign_up')
      .send({
        email: app.newEmail(),
        password: password.normalize('NFC'),
        password_confirmation: password.normalize('NFD'),
      })
      .expect(201);
  });

  it('starts no session', async () => {
    const { headers } = await app.anonymous
      .post('/sign_up')
      .send({ email: app.newEmail(), ...FORM })
      .expect(201);
    expect(headers['x-session-token']).toBeUndefined();
    expect(headers['set-cookie']).toBeUndefined();
  });
});
