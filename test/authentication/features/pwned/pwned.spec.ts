import { gzipSync } from 'node:zlib';
import type { ServerResponse } from 'node:http';
import { Database } from '../../../../src/authentication/core/database/database.js';
import { authenticationSettings } from '../../../../src/authentication/core/settings/authentication.settings.js';
import { SettingError } from '../../../../src/authentication/core/settings/environment.js';
import { pwnedEn } from '../../../../src/authentication/features/pwned/pwned.en.js';
import { PwnedModule } from '../../../../src/authentication/features/pwned/pwned.module.js';
import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { Log } from '../../../support/log.js';
import { readable, RESET_MAIL, said } from '../../../support/texts.js';
import { until } from '../../../support/until.js';
import { BreachApi, hashOf, rangeOf } from './breach-api.js';

const BREACHED = 'a password of somebody';
const { hash, prefix, suffix } = hashOf(BREACHED);
const HIT = rangeOf(`${suffix}:42`);
const FAULT = {
  field: 'password',
  code: 'too_common',
  detail: 'was found in a data breach: choose another one',
};

/** An error code of Node, such as ECONNREFUSED. */
const CODE: unknown = expect.stringMatching(/^[A-Z_]+$/);

const formOf = (password: string) => ({ password, password_confirmation: password });

describe('passwords that were found in a breach', () => {
  let api: BreachApi;
  let app: TestApplication;
  let log: Log;

  beforeAll(async () => {
    api = await BreachApi.start();
    app = await startApplication({ variables: { PWNED_URL: api.url } });
    log = Log.of(app);
  });
  afterAll(async () => {
    await app.close();
    await api.close();
  });

  const signUp = (password = BREACHED) =>
    app.anonymous.post('/sign_up').send({ email: app.newEmail(), ...formOf(password) });
  const misses = () => log.entries('pwned_unreachable');
  /** A user with a password that was not found, and the token of a reset. */
  const person = async () => {
    api.answers(rangeOf());
    const { token, email } = await app.person();
    await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
    const reset = await app.mailbox.tokenTo(email, RESET_MAIL);
    return { token, email, reset };
  };

  beforeEach(() => {
    log.lines.length = 0;
  });

  describe('are refused (ASVS 6.2.12)', () => {
    it('at a sign-up', async () => {
      api.answers(HIT);
      const { body } = await signUp().expect(422);
      expect(body).toMatchObject({ code: 'wrong_parameters', errors: [FAULT] });
      expect(misses()).toEqual([]);
    });

    it('at a change', async () => {
      const { token, email } = await person();
      api.answers(HIT);
      const { body } = await app
        .as(token)
        .put('/password')
        .send({ current_password: PASSWORD, ...formOf(BREACHED) })
        .expect(422);
      expect(body).toMatchObject({ code: 'wrong_parameters', errors: [FAULT] });
      await app.signIn(email);
    });

    it('at a reset, which consumes nothing', async () => {
      const { email, reset } = await person();
      const complete = (password: string) =>
        app.anonymous.put('/identity/password_reset').send({ token: reset, ...formOf(password) });
      api.answers(HIT);
      const { body } = await complete(BREACHED).expect(422);
      expect(body).toMatchObject({ code: 'wrong_parameters', errors: [FAULT] });
      await complete('a password of nobody').expect(200);
      await app.signIn(email, 'a password of nobody');
    });

    it("on the reset's page, which gives the reason", async () => {
      const { reset } = await person();
      const post = (password: string) =>
        app.anonymous
          .post('/identity/password_reset/completion')
          .type('form')
          .set('Sec-Fetch-Site', 'same-origin')
          .send({ token: reset, ...formOf(password) });
      api.answers(HIT);
      const { text } = await post(BREACHED).expect(422);
      expect(readable(text)).toContain(said(pwnedEn['pwned.fault']));
      expect(text).not.toContain(BREACHED);
      await post('a password of nobody').expect(200);
    });

    const WRITTEN: Record<string, string> = {
      'when the answer is in lower case': HIT.toLowerCase(),
      'when its lines end with LF': HIT.replace(/\r\n/g, '\n'),
      'when it has one line': `${suffix}:1`,
      'when it also has lines that cannot be read': `<!-- a mirror -->\n${suffix}:1\n\n`,
      'when it also lists the same hash as padding': `${suffix}:0\r\n${suffix}:1`,
    };
    for (const [name, answer] of Object.entries(WRITTEN)) {
      it(`at a sign-up ${name}`, async () => {
        api.answers(answer);
        await signUp().expect(422);
        expect(misses()).toEqual([]);
      });
    }
  });

  describe('are not passwords', () => {
    const OTHERS: Record<string, string> = {
      'that the range does not contain': rangeOf(),
      'with a count of 0, which is padding': rangeOf(`${suffix}:0`),
      'whose hash only contains a listed one or a part of it': rangeOf(
        `0${suffix}:1`,
        `${suffix.slice(1)}:1`,
        `${suffix}0:1`,
      ),
    };
    for (const [name, answer] of Object.entries(OTHERS)) {
      it(name, async () => {
        api.answers(answer);
        await signUp().expect(201);
        expect(misses()).toEqual([]);
      });
    }
  });

  describe('are looked up', () => {
    it('by five characters of the hash, and nothing else of the password', async () => {
      api.answers(HIT);
      await signUp().expect(422);
      expect(api.received).toMatchObject([{ method: 'GET', path: `/range/${prefix}`, body: '' }]);
      expect(api.received[0]?.headers).toMatchObject({ 'add-padding': 'true' });
      const bytes = JSON.stringify(api.received).toUpperCase();
      expect(bytes).not.toContain(hash.slice(0, 6));
      expect(bytes).not.toContain(suffix.slice(0, 6));
    });

    it('in the form that is hashed and compared: composed, exact and in UTF-8 (ASVS 6.2.8)', async () => {
      const composed = ' Ein Paßwort für Zoë 🐎 ';
      api.answers(rangeOf(`${hashOf(composed).suffix}:1`));
      for (const form of ['NFC', 'NFD']) await signUp(composed.normalize(form)).expect(422);
      const path = `/range/${hashOf(composed).prefix}`;
      expect(api.received).toMatchObject([{ path }, { path }]);
    });

    it('only when no other rule refused them', async () => {
      const { token, email, reset } = await person();
      api.answers(HIT);
      const change = (fields: object) =>
        app
          .as(token)
          .put('/password')
          .send({ current_password: PASSWORD, ...fields });
      await signUp('too short').expect(422);
      await signUp('passwordpassword').expect(422);
      await signUp('x'.repeat(257)).expect(422);
      await app.anonymous
        .post('/sign_up')
        .send({ email: 'nobody', ...formOf(BREACHED) })
        .expect(422);
      await change({ password: BREACHED, password_confirmation: PASSWORD }).expect(422);
      await change(formOf(`${email}1`)).expect(422);
      await change({ ...formOf(BREACHED), current_password: 'not the password' }).expect(422);
      await app.anonymous
        .put('/identity/password_reset')
        .send({ token: 'none', ...formOf(BREACHED) })
        .expect(400);
      await app.anonymous
        .put('/identity/password_reset')
        .send({ token: reset, ...formOf(email) })
        .expect(422);
      expect(api.received).toEqual([]);
    });

    it('never at a sign-in', async () => {
      const { email } = await person();
      api.answers(HIT);
      await app.signIn(email);
      expect(api.received).toEqual([]);
    });

    it('while no connection to the database is held', async () => {
      const { token, reset } = await person();
      const { pool } = app.get(Database);
      const attempts = [
        () => signUp(),
        () =>
          app
            .as(token)
            .put('/password')
            .send({ current_password: PASSWORD, ...formOf(BREACHED) }),
        () => app.anonymous.put('/identity/password_reset').send({ token: reset, ...formOf(BREACHED) }),
      ];
      for (const attempt of attempts) {
        const held: ServerResponse[] = [];
        api.answers((response) => held.push(response));
        const answered = attempt().then(({ status }) => status);
        const asked = await until(() => held[0]);
        // The mail worker may use a connection for a moment.
        await until(() => pool.idleCount === pool.totalCount && pool.waitingCount === 0);
        asked.end(HIT);
        expect(await answered).toBe(422);
      }
    });
  });

  describe('are accepted, with one line in the log, when the service', () => {
    const drip = (response: ServerResponse): void => {
      response.write(`${HIT}\r\n`);
      const timer = setInterval(() => response.write(`${hashOf('other').suffix}:1\r\n`), 100);
      response.on('close', () => clearInterval(timer));
    };
    const zipped = gzipSync(`${HIT}\r\n`.padEnd(20_000_000, '\n'));
    const FAILURES: Record<string, { answer: (response: ServerResponse) => unknown; reason: unknown }> = {
      'answers with 404': { answer: (response) => response.writeHead(404).end(HIT), reason: 'status 404' },
      'answers with 429': { answer: (response) => response.writeHead(429).end(HIT), reason: 'status 429' },
      'answers with 500': { answer: (response) => response.writeHead(500).end(HIT), reason: 'status 500' },
      'answers with 204': { answer: (response) => response.writeHead(204).end(), reason: 'status 204' },
      'answers with 500 and does not end the body': {
        answer: (response) => response.writeHead(500).write(HIT),
        reason: 'status 500',
      },
      'answers with a redirect': {
        answer: (response) => response.writeHead(302, { Location: '/elsewhere' }).end(),
        reason: 'unexpected redirect',
      },
      'answers with a page': {
        answer: (response) =>
          response.writeHead(200, { 'Content-Type': 'text/html' }).end(`<p>${suffix}:42</p>`),
        reason: 'unreadable',
      },
      'answers with an empty body': { answer: (response) => response.end(), reason: 'unreadable' },
      'answers with incomplete lines only': {
        answer: (response) => response.end(`${suffix}:\r\n${suffix}`),
        reason: 'unreadable',
      },
      'answers with more than 1 MiB': {
        answer: (response) => response.end(`${HIT}\r\n`.padEnd(2_000_000, '\n')),
        reason: 'too large',
      },
      'answers with more than 1 MiB, compressed': {
        answer: (response) => response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(zipped),
        reason: 'too large',
      },
      'closes the connection in the middle of the body': {
        answer: (response) => {
          response.writeHead(200, { 'Content-Length': '1000' }).write(HIT, () => response.destroy());
        },
        reason: CODE,
      },
      'answers without HTTP': {
        answer: ({ socket }) => socket?.end(`${HIT}\r\n`),
        // A code on Node 20 and 22, a sentence on Node 24.
        reason: expect.stringMatching(/^HPE_INVALID_CONSTANT$|HTTP\/1\.1 protocol/),
      },
      'never answers': { answer: () => undefined, reason: 'TimeoutError' },
      'sends the body slowly, for longer than two seconds': { answer: drip, reason: 'TimeoutError' },
    };

    for (const [name, { answer, reason }] of Object.entries(FAILURES)) {
      it(name, async () => {
        api.answers(answer);
        await signUp().expect(201);
        expect(api.received).toHaveLength(1);
        expectOneMiss(log, reason);
      });
    }

    it('answers with 500 at a change or at a reset', async () => {
      const { token, email } = await person();
      const failing = () => api.answers((response) => response.writeHead(500).end());
      failing();
      await app
        .as(token)
        .put('/password')
        .send({ current_password: PASSWORD, ...formOf(BREACHED) })
        .expect(200);
      expectOneMiss(log, 'status 500');
      await app.signIn(email, BREACHED);

      const { reset } = await person();
      log.lines.length = 0;
      failing();
      await app.anonymous
        .put('/identity/password_reset')
        .send({ token: reset, ...formOf(BREACHED) })
        .expect(200);
      expectOneMiss(log, 'status 500');
    });
  });
});

describe('PWNED_URL', () => {
  let api: BreachApi;

  beforeAll(async () => {
    api = await BreachApi.start();
  });
  afterAll(() => api.close());

  it('may end in a slash and contain a path', async () => {
    for (const path of ['/', '/mirror', '/mirror/']) {
      api.answers(HIT);
      const app = await startApplication({ variables: { PWNED_URL: `${api.url}${path}` } });
      await app.anonymous
        .post('/sign_up')
        .send({ email: app.newEmail(), ...formOf(BREACHED) })
        .expect(422);
      await app.close();
      expect(api.received).toMatchObject([{ path: `${path.replace(/\/$/, '')}/range/${prefix}` }]);
    }
  });

  it('may name a service that cannot be reached', async () => {
    const gone = await BreachApi.start();
    const { url } = gone;
    await gone.close();
    const app = await startApplication({ variables: { PWNED_URL: url } });
    const log = Log.of(app);
    await app.signUp(app.newEmail(), BREACHED);
    expectOneMiss(log, 'ECONNREFUSED');
    await app.close();
  });

  it('disables the check when it is empty', async () => {
    const app = await startApplication({ variables: { PWNED_URL: '' } });
    const log = Log.of(app);
    await app.signUp(app.newEmail(), BREACHED);
    expect(log.entries('pwned_unreachable')).toEqual([]);
    await app.close();
  });

  const BAD: [value: string, complaint: string][] = [
    ['api.example', 'PWNED_URL takes a URL that starts with http:// or https://; it got "api.example"'],
    [
      'ftp://api.example/',
      'PWNED_URL takes a URL that starts with http:// or https://; it got "ftp://api.example/"',
    ],
    [
      'https://api.example/?key=1',
      'PWNED_URL takes a URL without a query, a fragment or credentials; it got "https://api.example/?key=1"',
    ],
    [
      'https://user:hunter2@api.example',
      'PWNED_URL takes a URL without a query, a fragment or credentials; it got a value that is not shown',
    ],
  ];
  for (const [value, complaint] of BAD) {
    it(`stops the start with one line when it is ${value}`, () => {
      const settings = authenticationSettings({ PWNED_URL: value });
      expect(() => new PwnedModule({ add: () => undefined } as never, settings)).toThrow(
        new SettingError(complaint),
      );
    });
  }
});

/** Expects one warning, and no part of the password or its hash in any line. */
function expectOneMiss(log: Log, reason: unknown): void {
  expect(log.entries('pwned_unreachable')).toEqual([{ level: 'warn', event: 'pwned_unreachable', reason }]);
  const lines = log.lines.join('\n').toUpperCase();
  for (const secret of [BREACHED.toUpperCase(), prefix, suffix]) expect(lines).not.toContain(secret);
}
