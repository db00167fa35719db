import type { Side } from './side.js';
import { totp } from './totp.js';

/** What a side has of the core or of one feature. It uses only HTTP, because a project may have only some features. */
export interface Holding {
  /** the feature is absent when the OpenAPI document does not have this route */
  readonly route: string;
  give(side: Side): Promise<void>;
  /** Checks that everything still works on the side where it was issued, and uses it up. */
  use(side: Side): Promise<void>;
}

export const NEW = {
  password: 'four other words, quite new',
  password_confirmation: 'four other words, quite new',
};

const account: Holding = {
  route: 'POST /sign_up',

  async give(side) {
    const { person: email, proven } = side.emails;
    side.local = side.app.newEmail();
    await side.signUp(email);
    await side.signUp(side.local);
    await side.proved(proven);
    side.person = await side.signIn(email);
    await side.within().post('/identity/password_reset').send({ email }).expect(204);
    side.verification = await side.mailed(email, '/identity/email_verification');
    side.reset = await side.mailed(email, '/identity/password_reset');
    const moved = await side.proved(side.app.newEmail());
    const change = { current_password: side.password, email: side.app.newEmail() };
    await side.within(moved.token).put('/identity/email').send(change).expect(200);
    side.reversal = await side.mailed(moved.email, '/identity/email/reversal');
  },

  async use(side) {
    const { email } = side.person;
    await side.api.get('/me').expect(200);
    await side.api.get(`/sessions/${side.person.sessionId}`).expect(200);
    await side.signIn(email);
    await side.signIn(side.local);
    const verification = { email, token: side.verification };
    await side.within().put('/identity/email_verification').send(verification).expect(204);
    // A mailed link needs no key.
    const reset = { token: side.reset, ...NEW };
    await side.app.anonymous.put('/identity/password_reset').send(reset).expect(200);
    const reversal = side.within().post('/identity/email/reversal').type('form');
    await reversal.send({ token: side.reversal }).expect(200);
  },
};

const secondFactor: Holding = {
  route: 'POST /two_factor_authentication/challenge/totp',

  async give(side) {
    const { keeper, proven } = side.emails;
    const { token } = await side.proved(keeper);
    const secret = await begun(side, token);
    const { body, headers } = await side
      .within(token)
      .put('/two_factor_authentication/profile/totp')
      .send({ code: totp(secret) })
      .expect(200);
    const beginner = await side.signIn(proven);
    side.secondFactor = {
      secret,
      recoveryCodes: body.recovery_codes as string[],
      session: headers['x-session-token']!,
      challenge: await side.challenge(keeper),
      begun: { secret: await begun(side, beginner.token), token: beginner.token },
    };
  },

  async use(side) {
    const { secret, recoveryCodes, challenge, begun: begin } = side.secondFactor!;
    const steps = side.within();
    // One step later than the code that confirmed the factor: a code works once.
    const answer = { challenge_token: challenge, code: totp(secret, 1) };
    await steps.post('/two_factor_authentication/challenge/totp').send(answer).expect(201);
    for (const code of recoveryCodes) {
      const challenge_token = await side.challenge(side.emails.keeper);
      await steps
        .post('/two_factor_authentication/challenge/recovery_codes')
        .send({ challenge_token, code })
        .expect(201);
    }
    await side
      .within(begin.token)
      .put('/two_factor_authentication/profile/totp')
      .send({ code: totp(begin.secret) })
      .expect(200);
  },
};

async function begun(side: Side, token: string): Promise<string> {
  const { body } = await side
    .within(token)
    .post('/two_factor_authentication/profile/totp')
    .send({ current_password: side.password })
    .expect(201);
  return body.secret as string;
}

const passwordless: Holding = {
  route: 'PUT /sessions/passwordless',

  async give(side) {
    side.passwordless = await side.wayIn(side.emails.proven);
  },

  async use(side) {
    const { code } = side.passwordless!;
    const email = side.emails.proven;
    await side.within().put('/sessions/passwordless').send({ email, code }).expect(201);
    const { token } = await side.wayIn(email);
    await side.within().put('/sessions/passwordless').send({ token }).expect(201);
  },
};

const activity: Holding = {
  route: 'GET /authentications/events',

  async give(side) {
    const { body } = await side.api.get('/authentications/events').expect(200);
    side.newestEvent = Math.max(...(body as { id: number }[]).map(({ id }) => id));
  },

  async use(side) {
    const before = side.newestEvent! + 1;
    const { body } = await side.api.get('/authentications/events').query({ before, limit: 1 }).expect(200);
    const [{ id }] = body as [{ id: number }];
    if (id !== side.newestEvent) throw new Error(`event ${side.newestEvent} is gone`);
  },
};

const notices: Holding = {
  route: 'GET /sessions/notice',

  async give(side) {
    const { person: email } = side.emails;
    // Only verified users get notices, but this one still has a verification link to use.
    const verify = (verified: boolean) =>
      side.app.query('UPDATE authentication.users SET verified = $2 WHERE email = $1 AND realm = $3', [
        email,
        verified,
        side.application.id,
      ]);
    await verify(true);
    await side
      .within()
      .post('/sign_in')
      .set({ 'X-Client-Address': '203.0.113.9', 'X-Client-User-Agent': 'Elsewhere/1' })
      .send({ email, password: side.password })
      .expect(201);
    side.notice = await side.mailed(email, '/sessions/notice');
    await verify(false);
  },

  async use(side) {
    const form = { token: side.notice };
    await side.within().post('/sessions/notice/denial').type('form').send(form).expect(200);
  },
};

const devices: Holding = {
  route: 'POST /devices/pairings',

  async give(side) {
    const idOf = async (path: string) =>
      ((await side.api.post(path).send({ name: 'Lamp' }).expect(201)).body as { id: number }).id;
    const [device, group] = [await idOf('/devices'), await idOf('/device_groups')];
    await side.api.put(`/device_groups/${group}/devices/${device}`).expect(204);
    const issued = await side.api
      .post(`/devices/${device}/tokens`)
      .send({ current_password: side.password })
      .expect(201);
    const pairing = await side.within().post('/devices/pairings').send({ name: 'Kettle' }).expect(201);
    side.devices = {
      device,
      group,
      token: issued.body.token as string,
      code: pairing.body.code as string,
      pairingToken: pairing.body.pairing_token as string,
    };
  },

  async use(side) {
    const { device, token, code, pairingToken } = side.devices!;
    const { email } = side.person;
    await side.within(token).get(`/devices/${device}`).expect(200);
    const signIn = { email, password: side.password, device_id: device };
    await side.within().post('/sign_in').send(signIn).expect(201);
    await side.api.post('/devices/pair').send({ code }).expect(200);
    const { body } = await side.within(pairingToken).get('/devices/pairings/current').expect(200);
    await side.within(String(body.token)).get('/me').expect(200);
  },
};

const profiles: Holding = {
  route: 'PATCH /profile',

  async give(side) {
    // The person has this username on both sides.
    await side.api.patch('/profile').send({ username: 'ada' }).expect(200);
    const local = await side.signIn(side.local);
    side.localUsername = `local.of.${side.application.name}`;
    await side.within(local.token).patch('/profile').send({ username: side.localUsername }).expect(200);
  },

  async use(side) {
    const { body } = await side.api.patch('/profile').send({ username: 'ADA' }).expect(200);
    if (body.username !== 'ADA') throw new Error('the username was not changed');
  },
};

/** In the order of `give`. Using up the first one ends others. */
export const HOLDINGS: readonly Holding[] = [
  account,
  secondFactor,
  passwordless,
  activity,
  notices,
  devices,
  profiles,
];
