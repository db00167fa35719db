import { connect } from 'node:net';
import { once } from 'node:events';
import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { Log, type LogEntry } from '../../../support/log.js';
import { RESET_MAIL } from '../../../support/texts.js';

const WRONG = 'this is not the password';
const NEW_PASSWORD = 'another battery staple horse';
const AGENT = 'Browser/1.0';

describe('the log of authentication', () => {
  let app: TestApplication;
  let log: Log;

  beforeEach(async () => {
    app = await startApplication();
    log = Log.of(app);
  });
  afterEach(() => app.close());

  const client = (token?: string) => app.as(token).set('User-Agent', AGENT);

  /** The line with this event that `act` writes. There must be exactly one. */
  async function lineOf(event: string, act: () => PromiseLike<unknown>): Promise<LogEntry> {
    const before = log.entries(event).length;
    await act();
    const lines = log.entries(event).slice(before);
    expect(lines).toHaveLength(1);
    return lines[0] ?? { level: 'none' };
  }

  it('has one line for a token that is refused, without the token, and none for a token that is accepted', async () => {
    const { token, userId } = await app.person();
    const refused = {
      level: 'info',
      event: 'token_refused',
      reason: 'authentication_required',
      user_id: null,
    };
    const where = { ip_address: '127.0.0.1', user_agent: AGENT };
    const madeUp = 'A'.repeat(43);
    for (const path of ['/me', '/sessions']) {
      expect(await lineOf('token_refused', () => client(madeUp).get(path).expect(401))).toEqual({
        ...refused,
        ...where,
      });
    }
    await client(token).get('/me').expect(200);
    await client().get('/me').expect(401);
    expect(log.entries('token_refused')).toHaveLength(2);
    await app.query('UPDATE authentication.users SET suspended_at = now() WHERE id = $1', [userId]);
    await lineOf('token_refused', () => client(token).get('/me').expect(401));
    await lineOf('token_refused', () => client(token).post('/identity/email_verification').expect(401));
    expect(JSON.stringify(log.entries('token_refused'))).not.toMatch(new RegExp(`${madeUp}|${token}`));
  });

  it('has one line per outcome, with the user, the client and the event', async () => {
    const email = app.newEmail();
    const form = { password: PASSWORD, password_confirmation: PASSWORD };
    const signUp = () =>
      client()
        .post('/sign_up')
        .send({ email, ...form });
    const signedUp = await lineOf('signed_up', signUp);
    const userId = signedUp['user_id'];
    const by = (user: unknown, event: string, reason?: string) => ({
      level: 'info',
      event,
      ...(reason === undefined ? {} : { reason }),
      user_id: user,
      ip_address: '127.0.0.1',
      user_agent: AGENT,
    });
    expect(userId).toEqual(expect.any(Number));
    expect(signedUp).toEqual(by(userId, 'signed_up'));
    expect(await lineOf('sign_up_refused', signUp)).toEqual(by(null, 'sign_up_refused'));

    const signIn = (address: string, password: string) =>
      client().post('/sign_in').send({ email: address, password });
    expect(await lineOf('sign_in_failed', () => signIn(email, WRONG))).toEqual(
      by(userId, 'sign_in_failed', 'invalid_credentials'),
    );
    expect(await lineOf('sign_in_failed', () => signIn(app.newEmail(), WRONG))).toEqual(
      by(null, 'sign_in_failed', 'invalid_credentials'),
    );
    expect(await lineOf('signed_in', () => signIn(email, PASSWORD))).toEqual(by(userId, 'signed_in'));

    const { token } = await app.signIn(email);
    const link = await app.mailbox.tokenTo(email);
    expect(
      await lineOf('email_verified', () =>
        client().put('/identity/email_verification').send({ email, token: link }).expect(204),
      ),
    ).toEqual(by(userId, 'email_verified'));
    expect(
      await lineOf('password_changed', () =>
        client(token)
          .put('/password')
          .send({ current_password: PASSWORD, password: NEW_PASSWORD, password_confirmation: NEW_PASSWORD })
          .expect(200),
      ),
    ).toEqual(by(userId, 'password_changed'));
    expect(
      await lineOf('password_reset_requested', () =>
        client().post('/identity/password_reset').send({ email }).expect(204),
      ),
    ).toEqual(by(null, 'password_reset_requested'));
    const reset = await app.mailbox.tokenTo(email, RESET_MAIL);
    expect(
      await lineOf('password_reset', () =>
        client()
          .put('/identity/password_reset')
          .send({ token: reset, ...form })
          .expect(200),
      ),
    ).toEqual(by(userId, 'password_reset'));
    const { token: last } = await app.signIn(email);
    expect(
      await lineOf('deleted', () =>
        client(last).delete('/me').send({ current_password: PASSWORD }).expect(204),
      ),
    ).toEqual(by(userId, 'deleted'));
  });

  it('has a line for a sign-out, and for a change of address or its wrong password', async () => {
    const { email, token } = await app.person();
    const change = (password: string) =>
      client(token).put('/identity/email').send({ current_password: password, email: app.newEmail() });
    await lineOf('email_change_requested', () => change(PASSWORD).expect(200));
    await lineOf('current_password_failed', () => change(WRONG).expect(422));
    await lineOf('signed_out', () => client(token).delete('/sessions/current').expect(204));
    await lineOf('signed_in', () =>
      client().post('/sign_in').send({ email, password: PASSWORD }).expect(201),
    );
  });

  it('shows which client was refused by a limit, and why the right password was refused', async () => {
    await app.close();
    app = await startApplication({ variables: { THROTTLE_FACTOR: '0.1', REQUIRE_VERIFIED_EMAIL: 'true' } });
    log = Log.of(app);
    const { email, userId } = await app.signUp();
    const signIn = (password: string) => client().post('/sign_in').send({ email, password });
    const here = { ip_address: '127.0.0.1', user_agent: AGENT };
    expect(await lineOf('sign_in_failed', () => signIn(PASSWORD).expect(403))).toMatchObject({
      ...here,
      user_id: userId,
      reason: 'email_unverified',
    });
    await lineOf('sign_in_failed', () => signIn(WRONG).expect(401));
    expect(await lineOf('sign_in_failed', () => signIn(PASSWORD).expect(429))).toMatchObject({
      ...here,
      user_id: userId,
      reason: 'too_many_requests',
    });
    expect(await lineOf('throttled', () => signIn(PASSWORD).expect(429))).toMatchObject({
      ...here,
      user_id: null,
      reason: 'sign_in',
    });
  });

  it('keeps every entry on one line, whatever the user agent contains', async () => {
    const { email } = await app.signUp();
    const body = JSON.stringify({ email, password: PASSWORD });
    // A folded header, a bare CR, terminal codes, and a text that looks like a line of the log.
    for (const agent of [
      'A\r\n {"event":"signed_in"}',
      'A\rB',
      'A\u001b[2KB',
      'A\u0085B',
      '{"event":"forged"}',
    ]) {
      await speak(
        app,
        `POST /sign_in HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nUser-Agent: ${agent}\r\n\r\n${body}`,
      );
    }
    for (const line of log.lines) {
      expect(line).not.toMatch(/[\u0000-\u001f]/);
      expect(JSON.parse(line)).toEqual(expect.any(Object));
    }
    expect(log.entries('forged')).toEqual([]);
    expect(log.entries('signed_in').length).toBeGreaterThan(0);
    for (const { user_agent: agent } of log.entries('signed_in')) expect(agent).not.toMatch(/[\r\n]/);
  });

  it('does not contain the email address of an unknown user', async () => {
    await client().post('/sign_in').send({ email: 'stranger@example.com', password: WRONG }).expect(401);
    expect(log.lines.join('\n')).not.toContain('stranger');
  });
});

async function speak(app: TestApplication, text: string): Promise<void> {
  const { hostname, port } = new URL(app.url);
  const socket = connect(Number(port), hostname);
  // Not closed here: an application may drop a request whose client has closed the connection.
  socket.write(text, 'latin1');
  socket.resume();
  await once(socket, 'close');
}
