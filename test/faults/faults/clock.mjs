import { Secret, TOTP } from 'otpauth';
import { PASSWORD, Person, signUp } from '../kit/people.mjs';
import { FakeClock } from '../kit/server.mjs';

/** What has ended must stay ended, whatever the clock of the server says. */
const clock = {
  name: 'clock',
  says: "the server's clock jumps forward and back (faketime): nothing revives, mails go on",
  needs: ['faketime'],
  short: { offsets: ['+1d', '-1d'] },
  full: { offsets: ['+1d', '-1d', '+1h', '-1h', '+100d', '-100d', '+40s', '-40s', '+10y', '-10y'] },
  async run(bench, { offsets }) {
    await bench.sharedDatabase();
    const clocked = new FakeClock(bench.scope);
    await bench.start(clocked.settings);
    const ended = await somethingEnded(bench);
    for (const offset of offsets) {
      const authenticator = await withAuthenticator(bench);
      const code = authenticator.code();
      await authenticator.wants(code, 201, 'a fresh code');
      const at = performance.now();
      for (const set of [offset, '+0']) {
        clocked.set(set);
        const when = `with the clock at ${set}${set === '+0' ? ` after ${offset}` : ''}`;
        await ended.wantsEnded(when);
        await authenticator.wants(code, 401, `a used code ${when}`);
        const [answer] = await signUp(bench);
        bench.wants(answer.status === 201, `sign-up ${when} is answered ${answer.status}`);
      }
      if (performance.now() - at > 25_000)
        bench.note(`${offset}: the machine was too slow to try the code within its time`);
      await mailTriedAgain(bench, clocked, offset);
    }
    await bench.settle();
  },
};

/** A mail that fails under one clock is tried again under another, by the clock of the database. */
async function mailTriedAgain(bench, clocked, offset) {
  clocked.set(offset);
  bench.mails.behave((stage) => (stage === 'rcpt' ? '451 4.3.0 try again later' : undefined));
  const before = bench.mails.misbehaved;
  await signUp(bench);
  await bench.until(() => bench.mails.misbehaved > before, `A mail under the clock ${offset}`);
  await bench.pause(200);
  bench.mails.behaveWell();
  clocked.set('+0');
}

/** A signed-out and an expired session, a used and an expired link; and a live session, which stays alive. */
async function somethingEnded(bench) {
  const live = await bench.verifiedPerson('live');
  const out = new Person(bench, live.email);
  await out.signIn();
  await out.signOut();
  const old = new Person(bench, live.email);
  await old.signIn();
  await bench.query(
    `UPDATE authentication.sessions SET last_active_at = now() - interval '14 days 1 minute', created_at = now() - interval '15 days'
     WHERE token_digest = sha256($1::bytea)`,
    [old.token],
  );
  const used = await resetToken(bench, live.email);
  await bench.client.call('PUT', '/identity/password_reset', {
    body: { token: used, password: `${PASSWORD} new`, password_confirmation: `${PASSWORD} new` },
  });
  // The reset ended every session, and its password is the one that counts now.
  live.password = `${PASSWORD} new`;
  bench.journal.acknowledged('password', { email: live.email, password: live.password });
  for (const { token, email } of [live, old]) bench.journal.acknowledged('sign_out', { email, token });
  await live.signIn();
  const expired = await resetToken(bench, live.email);
  await bench.query(
    "UPDATE authentication.one_time_tokens SET expires_at = now() - interval '1 minute' WHERE purpose = 'password_reset'",
  );
  const wantsEnded = async (when) => {
    for (const { token } of [out, old]) {
      const answer = await bench.client.call('GET', '/me', { token });
      bench.answers.take('GET /me of an ended session', answer, { wants: [401], mayFail: false });
    }
    for (const token of [used, expired]) {
      const answer = await bench.client.call('PUT', '/identity/password_reset', {
        body: { token, password: `${PASSWORD} thief`, password_confirmation: `${PASSWORD} thief` },
      });
      bench.answers.take('PUT /identity/password_reset with an ended link', answer, {
        wants: [400],
        mayFail: false,
      });
    }
    const { status } = await live.me();
    bench.wants(status === 200, `a live session ${when} is answered ${status}`);
  };
  await wantsEnded('before the clock jumps');
  return { wantsEnded };
}

async function resetToken(bench, email) {
  const before = bench.mails.to(email).length;
  await bench.client.call('POST', '/identity/password_reset', { body: { email } });
  const find = () =>
    bench.mails
      .to(email)
      .slice(before)
      .find((mail) => /reset/i.test(mail.text) && mail.token !== null);
  return (await bench.until(find, `The reset mail to ${email}`)).token;
}

/** A user with an authenticator app. */
async function withAuthenticator(bench) {
  const person = await bench.verifiedPerson('two-factor');
  const path = '/two_factor_authentication/profile/totp';
  const { body } = await bench.client.call('POST', path, {
    token: person.token,
    body: { current_password: person.password },
  });
  const totp = new TOTP({ secret: Secret.fromBase32(body.secret), algorithm: 'SHA1', digits: 6, period: 30 });
  // The code of the step before, so that the one of now is still unused.
  const enabled = await bench.client.call('PUT', path, {
    token: person.token,
    body: { code: totp.generate({ timestamp: Date.now() - 30_000 }) },
  });
  if (enabled.status !== 200)
    throw new Error(`An authenticator cannot be set up: ${JSON.stringify(enabled.body)}`);
  // Turning it on ends the other sessions and renews this one.
  bench.journal.acknowledged('sign_out', { email: person.email, token: person.token });
  return {
    code: () => totp.generate(),
    async wants(code, status, what) {
      const { body: asked } = await bench.client.call('POST', '/sign_in', {
        body: { email: person.email, password: person.password },
      });
      const answer = await bench.client.call('POST', '/two_factor_authentication/challenge/totp', {
        body: { challenge_token: asked.challenge?.token, code },
      });
      bench.answers.take(`the second factor, ${what}`, answer, { wants: [status], mayFail: false });
    },
  };
}

export const CLOCK_FAULTS = [clock];
