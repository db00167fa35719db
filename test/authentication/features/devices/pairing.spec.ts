import { Sweeper } from '../../../../src/authentication/core/sweeping/sweeper.js';
import { devicesEn } from '../../../../src/authentication/features/devices/devices.en.js';
import { DevicesModule } from '../../../../src/authentication/features/devices/devices.module.js';
import { PairingCodes } from '../../../../src/authentication/features/devices/pairing/pairing-codes.js';
import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { letTimePass } from '../../../support/clock.js';
import { RealmsFeature } from '../../../support/features/realms.feature.js';
import { said } from '../../../support/texts.js';

interface Opened {
  code: string;
  pairing_token: string;
  expires_at: string;
  interval: number;
}

describe('pairing a device', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  const open = async (name = 'magic-mirror-desktop'): Promise<Opened> =>
    (await app.anonymous.post('/devices/pairings').send({ name }).expect(201)).body as Opened;
  const pair = (session: string, code: unknown) => app.as(session).post('/devices/pair').send({ code });
  const poll = (token: string) => app.as(token).get('/devices/pairings/current');
  /** A pairing whose code a user has typed, and whose token the device has not collected. */
  const claimed = async () => {
    const [person, opened] = [await app.person(), await open()];
    const { body } = await pair(person.token, opened.code).expect(200);
    return { ...person, ...opened, id: body.id as number };
  };

  it('begins with a code to show and a token to poll with', async () => {
    const opened = await open();
    expect(opened).toEqual({
      code: expect.stringMatching(/^[0-9A-Z]{6}$/) as string,
      pairing_token: expect.stringMatching(/^[\w-]{43}$/) as string,
      expires_at: expect.any(String) as string,
      interval: 5,
    });
    expect(Math.abs(Date.parse(opened.expires_at) - Date.now() - 600_000)).toBeLessThan(60_000);
  });

  it('uses different codes, without characters that look alike', async () => {
    const codes = new Set<string>();
    for (let drawn = 0; drawn < 200; drawn += 1) codes.add((await open()).code);
    expect(codes.size).toBe(200);
    expect([...codes].join('')).toMatch(/^[0-9A-Z]+$/);
    expect([...codes].join('')).not.toMatch(/[0O1IL2Z5S68BU]/);
  });

  it('draws another code when one is taken', async () => {
    const taken = (await open()).code;
    const codes = app.get(PairingCodes);
    const { draw } = codes;
    const drawn = [taken, taken, 'FREE77'];
    codes.draw = () => drawn.shift() ?? draw.call(codes);
    try {
      expect((await open()).code).toBe('FREE77');
      codes.draw = () => taken;
      const { body } = await app.anonymous.post('/devices/pairings').send({ name: 'x' }).expect(503);
      expect(body).toMatchObject({ code: 'overloaded' });
    } finally {
      codes.draw = draw;
    }
  });

  it('stores neither code nor token in clear', async () => {
    const { code, pairing_token: token } = await open();
    const rows = await app.query('SELECT * FROM authentication.device_pairings');
    const kept = JSON.stringify(rows) + rows.map((row) => String(row['code_digest'])).join();
    expect(kept).not.toContain(code);
    expect(kept).not.toContain(token);
  });

  it('is refused to a session token in its grace period', async () => {
    const { code } = await open();
    const token = await app.tokenInGrace(await app.person());
    const { body } = await pair(token, code).expect(401);
    expect(body).toMatchObject({ code: 'authentication_required' });
    await pair((await app.person()).token, code).expect(200);
  });

  it('requires a valid name', async () => {
    for (const [name, code] of [
      [undefined, 'missing'],
      ['', 'missing'],
      ['  ', 'too_short'],
      ['x'.repeat(101), 'too_long'],
      [7, 'invalid'],
    ]) {
      const { body } = await app.anonymous.post('/devices/pairings').send({ name }).expect(422);
      expect(body).toMatchObject({ errors: [{ field: 'name', code }] });
    }
  });

  it('gives the device to the user who types its code, and a token to the device', async () => {
    const { token: session, userId, email } = await app.person();
    const { code, pairing_token: token } = await open();
    expect((await poll(token).expect(200)).body).toEqual({ status: 'pending' });
    const { body: device } = await pair(session, code).expect(200);
    expect(device).toEqual({
      id: expect.any(Number) as number,
      name: 'magic-mirror-desktop',
      groups: [],
      last_seen_at: null,
      created_at: expect.any(String) as string,
    });
    await letTimePass(app, '5 seconds');
    const { body } = await poll(token).expect(200);
    const { id } = device as { id: number };
    expect(body).toMatchObject({
      status: 'paired',
      device: { id, name: 'magic-mirror-desktop', groups: [], last_seen_at: expect.any(String) as string },
      token: expect.any(String) as string,
    });
    const mirror = app.as(body.token as string);
    expect((await mirror.get('/me').expect(200)).body).toMatchObject({ id: userId, email });
    await mirror.get(`/devices/${id}`).expect(200);
    expect((await app.as(session).get('/devices').expect(200)).body).toMatchObject([{ id }]);
  });

  it('accepts the code as people type it', async () => {
    const { token } = await app.person();
    for (const change of [
      (code: string) => code.toLowerCase(),
      (code: string) => ` ${code}\n`,
      (code: string) => `${code.slice(0, 3)}\u2013${code.slice(3)}`,
      (code: string) => code.replace(/./g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)),
      (code: string) => code.slice(0, 3).toLowerCase() + code.slice(3),
    ]) {
      await pair(token, change((await open()).code)).expect(200);
    }
  });

  it('gives the same answer to every other string: no device found', async () => {
    const { token } = await app.person();
    const free = (await open()).code;
    const used = (await open()).code;
    await pair(token, used).expect(200);
    const answers = new Set<string>();
    const odd = [
      'AAAAAA',
      'x',
      `${free}X`,
      free.slice(1),
      `${free}.`,
      `_${free}`,
      'ſſſſſſ',
      '💣',
      'x'.repeat(9999),
    ];
    for (const code of [used, used.toLowerCase(), "' OR 1=1 --", '%', '______', ...odd]) {
      const { body, text } = await pair(token, code).expect(404);
      expect(body).toMatchObject({ code: 'device_not_found', detail: 'No device found' });
      answers.add(text);
    }
    expect([...answers]).toHaveLength(1);
    await pair(token, free).expect(200);
  });

  it('refuses a code that is not a string', async () => {
    const { token } = await app.person();
    for (const [code, fault] of [
      [undefined, 'missing'],
      [null, 'missing'],
      ['', 'missing'],
      [123456, 'invalid'],
      [['GHT10Q'], 'invalid'],
      [{ $ne: '' }, 'invalid'],
      ['GHT1\0Q', 'invalid'],
    ]) {
      const { body } = await pair(token, code).expect(422);
      expect(body).toMatchObject({ errors: [{ field: 'code', code: fault }] });
    }
  });

  it('requires a session to send the code', async () => {
    const { code, pairing_token: token } = await open();
    await app.anonymous.post('/devices/pair').send({ code }).expect(401);
    await pair(token, code).expect(401);
    const { body } = await poll(token).expect(200);
    expect(body).toEqual({ status: 'pending' });
  });

  it('mails the owner the name of the device and the address that requested the code', async () => {
    const { token, email } = await app.person({ verified: true });
    const { code } = await open('Ada’s "prize" <b>http://evil.example</b> Bcc: x@evil.example');
    await pair(token, code).expect(200);
    const [mail] = await app.mailbox.to(email);
    expect(mail?.subject).toBe(said(devicesEn['device_paired.mail.subject'], { app: 'Acme' }));
    expect(mail?.text).toMatch(/Ada’s\s+prize\s+b\s+http\s+evil\s+example\s+\/b\s+Bcc\s+x\s+evil\s+example/);
    expect(mail?.text).toContain('127.0.0.1');
    for (const part of [mail!.text, mail!.html])
      expect(part).not.toMatch(/evil\.example|<b>|https?:\/\/evil/);
  });

  it('ends after ten minutes', async () => {
    const { token } = await app.person();
    const { code, pairing_token } = await open();
    await letTimePass(app, '9 minutes 45 seconds');
    await poll(pairing_token).expect(200);
    await letTimePass(app, '15 seconds');
    await pair(token, code).expect(404);
    const { body } = await poll(pairing_token).expect(400);
    expect(body).toMatchObject({ code: 'invalid_token' });
  });

  it('leaves the device a minute to collect its token when the code is typed just before it expires', async () => {
    const { token } = await app.person();
    const { code, pairing_token } = await open();
    await letTimePass(app, '9 minutes 50 seconds');
    await pair(token, code).expect(200);
    await letTimePass(app, '45 seconds');
    expect((await poll(pairing_token).expect(200)).body).toMatchObject({ status: 'paired' });
  });

  it('gives no token to a device that collects it too late', async () => {
    const { pairing_token } = await claimed();
    await letTimePass(app, '10 minutes');
    await poll(pairing_token).expect(400);
  });

  it('has its expired requests swept', async () => {
    await open();
    await claimed();
    await letTimePass(app, '10 minutes');
    const { code } = await open();
    await app.get(Sweeper).sweep();
    expect(await app.query('SELECT 1 FROM authentication.device_pairings')).toHaveLength(1);
    await pair((await app.person()).token, code).expect(200);
  });

  it('gives the device to one of 20 users who type its code at the same time', async () => {
    const { code, pairing_token } = await open();
    const people: Awaited<ReturnType<typeof app.person>>[] = [];
    for (let index = 0; index < 20; index += 1) people.push(await app.person());
    const answers = await Promise.all(people.map(({ token }) => pair(token, code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(19).fill(404)]);
    const winner = people[answers.findIndex(({ status }) => status === 200)]!;
    const { body } = await poll(pairing_token).expect(200);
    const me = await app
      .as(body.token as string)
      .get('/me')
      .expect(200);
    expect(me.body).toMatchObject({ id: winner.userId });
    const rows = await app.query(
      'SELECT user_id FROM authentication.devices WHERE user_id = ANY ($1::bigint[])',
      [people.map(({ userId }) => userId)],
    );
    expect(rows).toEqual([{ user_id: String(winner.userId) }]);
  });

  it('creates one device for a user who sends its code 20 times at the same time', async () => {
    const { token } = await app.person();
    const { code } = await open();
    const answers = await Promise.all(Array.from({ length: 20 }, () => pair(token, code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(19).fill(404)]);
    expect((await app.as(token).get('/devices').expect(200)).body).toHaveLength(1);
  });

  it('ends when the device is removed before it collects its token', async () => {
    for (const query of ['', '?keep_data=true']) {
      const { token, id, pairing_token } = await claimed();
      await app.as(token).delete(`/devices/${id}${query}`).expect(204);
      await poll(pairing_token).expect(400);
    }
  });

  it('gives no token to a device of a suspended user', async () => {
    const { userId, pairing_token } = await claimed();
    await app.query('UPDATE authentication.users SET suspended_at = now() WHERE id = $1', [userId]);
    await poll(pairing_token).expect(400);
    const tokens = await app.query(
      `SELECT 1 FROM authentication.device_tokens t JOIN authentication.devices d ON d.id = t.device_id
       WHERE d.user_id = $1`,
      [userId],
    );
    expect(tokens).toEqual([]);
  });

  it('ends when the user is deleted', async () => {
    const { token, pairing_token } = await claimed();
    await app.as(token).delete('/me').send({ current_password: PASSWORD }).expect(204);
    await poll(pairing_token).expect(400);
  });
});

describe('GET /devices/pairings/current', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  const open = async (): Promise<Opened> =>
    (await app.anonymous.post('/devices/pairings').send({ name: 'Mirror' }).expect(201)).body as Opened;
  const poll = (token: string) => app.as(token).get('/devices/pairings/current');
  const paired = async () => {
    const [person, opened] = [await app.person(), await open()];
    await app.as(person.token).post('/devices/pair').send({ code: opened.code }).expect(200);
    return { ...person, ...opened };
  };

  it('accepts the pairing token in either header', async () => {
    const { pairing_token: token } = await open();
    await poll(token).expect(200, { status: 'pending' });
    await letTimePass(app, '5 seconds');
    await app.anonymous
      .get('/devices/pairings/current')
      .set('Authorization', `Bearer ${token}`)
      .expect(200, { status: 'pending' });
  });

  it('answers 401 without a token, and 400 to any other token', async () => {
    const { body, headers } = await app.anonymous.get('/devices/pairings/current').expect(401);
    expect(body).toMatchObject({ code: 'authentication_required' });
    expect(headers['www-authenticate']).toBe('Bearer');
    const { token: session } = await app.person();
    const { body: device } = await app.as(session).post('/devices').send({ name: 'x' }).expect(201);
    const issued = await app
      .as(session)
      .post(`/devices/${device.id as number}/tokens`)
      .send({ current_password: PASSWORD })
      .expect(201);
    const { code } = await open();
    for (const token of [session, issued.body.token as string, code, 'A'.repeat(43), 'x']) {
      const refused = await poll(token).expect(400);
      expect(refused.body).toMatchObject({ code: 'invalid_token' });
    }
  });

  it('takes a pairing token that is refused everywhere else', async () => {
    const { pairing_token: token } = await open();
    await app.as(token).get('/me').expect(401);
    await app.as(token).get('/devices').expect(401);
    await app.as(token).get('/sessions/current').expect(401);
    await app.anonymous
      .put('/identity/password_reset')
      .send({
        token,
        password: 'four other words, quite new',
        password_confirmation: 'four other words, quite new',
      })
      .expect(400);
  });

  it('may be polled immediately, and then every 5 seconds by the clock of the database', async () => {
    const { pairing_token: token } = await open();
    await poll(token).expect(200);
    const { body, headers } = await poll(token).expect(429);
    expect(body).toMatchObject({ code: 'too_many_requests' });
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(5);
    await letTimePass(app, '1 second');
    const soon = await poll(token).expect(429);
    expect(Number(soon.headers['retry-after'])).toBeLessThanOrEqual(4);
    await letTimePass(app, '4 seconds');
    await poll(token).expect(200);
  });

  it('counts the polls of each device separately', async () => {
    const [first, second] = [await open(), await open()];
    await poll(first.pairing_token).expect(200);
    await poll(second.pairing_token).expect(200);
  });

  it('answers one of 20 polls at the same time before the code is typed', async () => {
    const { pairing_token: token } = await open();
    const answers = await Promise.all(Array.from({ length: 20 }, () => poll(token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(19).fill(429)]);
  });

  it('gives one token in one answer to 20 polls at the same time', async () => {
    const { pairing_token: token, userId } = await paired();
    const answers = await Promise.all(Array.from({ length: 20 }, () => poll(token)));
    const won = answers.filter(({ status }) => status === 200);
    expect(won.map(({ body }) => body.status as string)).toEqual(['paired']);
    for (const { status } of answers) expect([200, 400, 429]).toContain(status);
    const { body } = await poll(token).expect(400);
    expect(body).toMatchObject({ code: 'invalid_token' });
    const rows = await app.query(
      `SELECT 1 FROM authentication.device_tokens t JOIN authentication.devices d ON d.id = t.device_id
       WHERE d.user_id = $1`,
      [userId],
    );
    expect(rows).toHaveLength(1);
  });

  it('keeps the token for the next poll when one came too early', async () => {
    const [person, opened] = [await app.person(), await open()];
    await poll(opened.pairing_token).expect(200);
    await app.as(person.token).post('/devices/pair').send({ code: opened.code }).expect(200);
    await poll(opened.pairing_token).expect(429);
    await letTimePass(app, '5 seconds');
    expect((await poll(opened.pairing_token).expect(200)).body).toMatchObject({ status: 'paired' });
  });

  it('changes nothing for HEAD', async () => {
    const { pairing_token: token } = await paired();
    const head = (bearer: string) => app.as(bearer).head('/devices/pairings/current');
    await head(token).expect(200);
    await head(token).expect(200);
    await head('A'.repeat(43)).expect(400);
    await app.anonymous.head('/devices/pairings/current').expect(401);
    const { body } = await poll(token).expect(200);
    expect(body).toMatchObject({ status: 'paired' });
    await head(token).expect(400);
  });
});

describe('pairing within a realm', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ features: [RealmsFeature, DevicesModule] });
  });
  afterAll(() => app.close());

  it('finds only the waiting devices of that realm', async () => {
    const email = app.newEmail();
    await app.anonymous
      .post('/sign_up')
      .set('X-Realm', 'Red')
      .send({ email, password: PASSWORD, password_confirmation: PASSWORD })
      .expect(201);
    const { headers } = await app.anonymous
      .post('/sign_in')
      .set('X-Realm', 'Red')
      .send({ email, password: PASSWORD })
      .expect(201);
    const red = app.as(String(headers['x-session-token'])).set('X-Realm', 'Red');
    const open = async (realm: string): Promise<Opened> =>
      (await app.anonymous.post('/devices/pairings').set('X-Realm', realm).send({ name: 'x' }).expect(201))
        .body as Opened;
    const [inRed, inBlue] = [await open('Red'), await open('Blue')];
    await red.post('/devices/pair').send({ code: inBlue.code }).expect(404);
    await red.post('/devices/pair').send({ code: inRed.code }).expect(200);
    const poll = (realm: string) =>
      app.as(inRed.pairing_token).get('/devices/pairings/current').set('X-Realm', realm);
    await poll('Blue').expect(400);
    expect((await poll('Red').expect(200)).body).toMatchObject({ status: 'paired' });
  });
});

describe('a pairing code, when SECRET_KEY changes', () => {
  it('is found as long as the key that made its digest is listed', async () => {
    const [first, second] = [8, 9].map((byte) => Buffer.alloc(32, byte).toString('base64'));
    /** Runs one application after the other, as a deployment does. */
    const within = async <T>(keys: string, work: (app: TestApplication) => Promise<T>): Promise<T> => {
      const app = await startApplication({ variables: { SECRET_KEY: keys } });
      try {
        return await work(app);
      } finally {
        await app.close();
      }
    };
    const opened = await within(String(first), async (app) => {
      const open = async (): Promise<Opened> =>
        (await app.anonymous.post('/devices/pairings').send({ name: 'x' }).expect(201)).body as Opened;
      return [await open(), await open()] as const;
    });
    const pair = async (app: TestApplication, { code }: Opened) =>
      (
        await app
          .as((await app.person()).token)
          .post('/devices/pair')
          .send({ code })
      ).status;
    expect(await within(`${second},${first}`, (app) => pair(app, opened[0]))).toBe(200);
    expect(await within(String(second), (app) => pair(app, opened[1]))).toBe(404);
  });
});
