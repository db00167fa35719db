import { AuthenticationModule, FEATURES } from '../../../../src/authentication/authentication.module.js';
import { Database } from '../../../../src/authentication/core/database/database.js';
import { ApplicationsModule } from '../../../../src/authentication/features/applications/applications.module.js';
import {
  isEmbedded,
  PASSWORD,
  startApplication,
  type TestApplication,
} from '../../../support/application.js';
import { letTimePass } from '../../../support/clock.js';
import { Witness, WitnessFeature } from '../../../support/features/witness.feature.js';
import { until } from '../../../support/until.js';
import { Estate } from './estate.js';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const KEY = /^naz_[\w-]{49}$/;
const NOBODYS = '10000000-0000-4000-8000-000000000001';
const YEAR_MS = 365 * 86_400_000;

it('lists the headers of applications for CORS', () => {
  const headers = ['X-Api-Key', 'X-Client-Address', 'X-Client-User-Agent'];
  expect(ApplicationsModule.requestHeaders).toEqual(headers);
  expect(AuthenticationModule.requestHeaders()).toEqual(expect.arrayContaining(headers));
  expect(AuthenticationModule.requestHeaders([])).not.toEqual(expect.arrayContaining(['X-Api-Key']));
});

describe('/applications', () => {
  let app: TestApplication;
  let estate: Estate;

  beforeAll(async () => {
    app = await startApplication({ features: [...FEATURES, WitnessFeature] });
    estate = await Estate.of(app);
  });
  afterAll(() => app.close());

  describe('POST', () => {
    const refused = async (fields: object) => {
      const { body } = await estate.api.post('/applications').send(fields).expect(422);
      return (body as { errors: { field: string; code: string }[] }).errors.map(
        ({ field, code }) => `${field} ${code}`,
      );
    };

    it('returns the application, which expires after a year, and its key', async () => {
      const { body } = await estate.api.post('/applications').send({ name: 'First' }).expect(201);
      expect(body).toEqual({
        id: expect.stringMatching(UUID) as string,
        name: 'First',
        created_at: expect.any(String) as string,
        expires_at: expect.any(String) as string,
        users_count: 0,
        api_key: expect.stringMatching(KEY) as string,
      });
      const { created_at, expires_at } = body as Record<'created_at' | 'expires_at', string>;
      const lifetime = Date.parse(expires_at) - Date.parse(created_at);
      expect(Math.abs(lifetime - YEAR_MS)).toBeLessThanOrEqual(86_400_000);
    });

    it('accepts another expiry in the future, in ISO 8601', async () => {
      for (const [given, kept] of [
        ['2099-12-31T23:59:59.123Z', '2099-12-31T23:59:59.123Z'],
        ['2099-12-31T23:59:59+02:00', '2099-12-31T21:59:59.000Z'],
        ['2099-12-31', '2099-12-31T00:00:00.000Z'],
      ]) {
        const { body } = await estate.api
          .post('/applications')
          .send({ name: `Until ${given}`, expires_at: given })
          .expect(201);
        expect(body).toMatchObject({ expires_at: kept });
      }
    });

    it('refuses an expiry that has passed or is not a valid time', async () => {
      const values = [
        '2020-01-01T00:00:00Z',
        new Date().toISOString(),
        'tomorrow',
        '',
        '2099-02-30T00:00:00Z',
        '2099-13-01',
        '2099-01-01T00:00:00',
        '2099-W01',
        '+275760-09-13T00:00:00Z',
        '0000-01-01T00:00:00Z',
        '2099-01-01T00:00:00+16:00',
        '2099-01-01T00:00:00-23:59',
        4_102_444_800_000,
        null,
        ['2099-01-01T00:00:00Z'],
      ];
      for (const value of values) {
        expect([value, await refused({ name: 'Refused', expires_at: value })]).toEqual([
          value,
          ['expires_at invalid'],
        ]);
      }
      const { body } = await estate.api.get('/applications').expect(200);
      expect((body as { name: string }[]).map(({ name }) => name)).not.toContain('Refused');
    });

    it('accepts names of 1 to 100 characters of any script, and trims them', async () => {
      for (const [given, kept] of [
        ['x', 'x'],
        ['  Köln & Söhne  ', 'Köln & Söhne'],
        ['Cafe\u0301', 'Café'],
        ['👩‍🚀'.repeat(20), '👩‍🚀'.repeat(20)],
        ['😀'.repeat(100), '😀'.repeat(100)],
        ['<b>"Shop"</b>', '<b>"Shop"</b>'],
      ]) {
        const { body } = await estate.api.post('/applications').send({ name: given }).expect(201);
        expect(body).toMatchObject({ name: kept });
      }
    });

    it('refuses other names', async () => {
      expect(await refused({})).toEqual(['name missing']);
      expect(await refused({ name: '' })).toEqual(['name missing']);
      expect(await refused({ name: null })).toEqual(['name missing']);
      expect(await refused({ name: '   ' })).toEqual(['name too_short']);
      expect(await refused({ name: '😀'.repeat(101) })).toEqual(['name too_long']);
      for (const name of [
        7,
        ['x'],
        { x: 1 },
        'a\nb',
        'a\u0000b',
        'a\ud800b',
        'a\u2028b',
        '\u200b',
        'gpj\u202eexe',
      ]) {
        expect([name, await refused({ name })]).toEqual([name, ['name invalid']]);
      }
    });

    it('refuses fields that it does not know', async () => {
      expect(await refused({ name: 'Refused', id: NOBODYS })).toEqual(['id unknown']);
      expect(await refused({ name: 'Refused', owner_id: 1 })).toEqual(['owner_id unknown']);
    });

    it('accepts a name once per owner', async () => {
      await estate.application({ name: 'Once' });
      expect(await refused({ name: ' Once ' })).toEqual(['name taken']);
      const other = await Estate.of(app);
      await other.application({ name: 'Once' });
    });

    it('accepts a name once when 20 requests come at the same time', async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => estate.api.post('/applications').send({ name: 'At once' })),
      );
      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses).toEqual([201, ...Array<number>(19).fill(422)]);
      const rows = await app.query(
        `SELECT 1 FROM authentication.applications a JOIN authentication.api_keys k ON k.application_id = a.id
         WHERE a.name = 'At once'`,
      );
      expect(rows).toHaveLength(1);
    });

    it('stores only the digest of the key', async () => {
      const { key } = await estate.application();
      const rows = await app.query<{ text: string }>(
        'SELECT k::text || a::text AS text FROM authentication.api_keys k, authentication.applications a',
      );
      const secret = key.slice(4, 47);
      for (const { text } of rows) {
        expect(text).not.toContain(secret);
        expect(text).not.toContain(Buffer.from(secret, 'base64url').toString('hex'));
      }
    });
  });

  describe('GET', () => {
    it('lists your applications, newest first, without their keys', async () => {
      const own = await Estate.of(app);
      expect((await own.api.get('/applications').expect(200)).body).toEqual([]);
      const first = await own.application();
      const second = await own.application();
      const { body } = await own.api.get('/applications').expect(200);
      expect((body as { id: string }[]).map(({ id }) => id)).toEqual([second.id, first.id]);
      expect(Object.keys((body as object[])[0]!).sort()).toEqual([
        'created_at',
        'expires_at',
        'id',
        'name',
        'users_count',
      ]);
    });

    it('shows one with the number of its users', async () => {
      const application = await estate.application();
      const show = () => estate.api.get(`/applications/${application.id}`).expect(200);
      expect((await show()).body).toMatchObject({ id: application.id, users_count: 0 });
      const person = await estate.person(application);
      await estate.person(application);
      expect((await show()).body).toMatchObject({ users_count: 2 });
      await estate
        .within(application, person.token)
        .delete('/me')
        .send({ current_password: PASSWORD })
        .expect(204);
      expect((await show()).body).toMatchObject({ users_count: 1 });
    });

    it('accepts an id in upper case as the same id', async () => {
      const { id } = await estate.application();
      expect((await estate.api.get(`/applications/${id.toUpperCase()}`).expect(200)).body).toMatchObject({
        id,
      });
    });
  });

  describe('PATCH', () => {
    const patch = (id: string, fields: object) => estate.api.patch(`/applications/${id}`).send(fields);

    it('changes the name and leaves the rest', async () => {
      const { id } = await estate.application();
      const before = (await estate.api.get(`/applications/${id}`).expect(200)).body as object;
      const { body } = await patch(id, { name: 'Renamed' }).expect(200);
      expect(body).toEqual({ ...before, name: 'Renamed' });
      expect((await patch(id, {}).expect(200)).body).toEqual(body);
      expect((await patch(id, { name: 'Renamed' }).expect(200)).body).toEqual(body);
    });

    it('changes the expiry and keeps the name', async () => {
      const { id, name } = await estate.application();
      const { body } = await patch(id, { expires_at: '2098-01-01T00:00:00.000Z' }).expect(200);
      expect(body).toMatchObject({ id, name, expires_at: '2098-01-01T00:00:00.000Z' });
    });

    it('refuses what creation refuses, and changes nothing', async () => {
      const { id, name } = await estate.application();
      const other = await estate.application();
      const before = (await estate.api.get(`/applications/${id}`).expect(200)).body as object;
      for (const [fields, field, code] of [
        [{ name: '' }, 'name', 'too_short'],
        [{ name: null }, 'name', 'invalid'],
        [{ name: 'x'.repeat(101) }, 'name', 'too_long'],
        [{ name: other.name }, 'name', 'taken'],
        [{ name, expires_at: '2020-01-01' }, 'expires_at', 'invalid'],
        [{ expires_at: null }, 'expires_at', 'invalid'],
        [{ users_count: 5 }, 'users_count', 'unknown'],
      ] as const) {
        const { body } = await patch(id, fields).expect(422);
        expect(body).toMatchObject({ code: 'wrong_parameters', errors: [{ field, code }] });
      }
      expect((await estate.api.get(`/applications/${id}`).expect(200)).body).toEqual(before);
    });

    it('gives a name to one of two applications that request it at the same time', async () => {
      const [one, two] = [await estate.application(), await estate.application()];
      const answers = await Promise.all([
        patch(one.id, { name: 'Wanted by two' }),
        patch(two.id, { name: 'Wanted by two' }),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
    });

    it('makes an expired application work again', async () => {
      const application = await estate.application({
        expires_at: new Date(Date.now() + 3_600_000).toISOString(),
      });
      const { email } = await estate.person(application);
      await letTimePass(app, '2 hours');
      await estate.within(application).post('/sign_in').send({ email, password: PASSWORD }).expect(401);
      const shown = await estate.api.get(`/applications/${application.id}`).expect(200);
      expect(shown.body).toMatchObject({ users_count: 1 });
      await patch(application.id, { expires_at: '2098-01-01T00:00:00Z' }).expect(200);
      await estate.signIn(application, email);
    });
  });

  describe('DELETE', () => {
    it('answers 204, and 404 from then on', async () => {
      const { id, name } = await estate.application();
      await estate.api.delete(`/applications/${id}`).expect(204);
      await estate.api.get(`/applications/${id}`).expect(404);
      await estate.api.delete(`/applications/${id}`).expect(404);
      await estate.application({ name });
    });

    it('succeeds once when 20 requests come at the same time', async () => {
      const { id } = await estate.application();
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => estate.api.delete(`/applications/${id}`)),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([204, ...Array<number>(19).fill(404)]);
    });
  });

  it("gives the same answer for another owner's application, a missing one and a malformed id (ASVS 8.2.2)", async () => {
    const other = await Estate.of(app);
    const { id } = await other.application();
    const ids = [id, NOBODYS, '1', 'x', `${id}0`, `{${id}}`, id.replace(/-/g, ''), '%00', "'--"];
    const texts = new Set<string>();
    for (const path of ids.map((each) => `/applications/${each}`)) {
      const answers = [
        await estate.api.get(path).expect(404),
        await estate.api.patch(path).send({ name: 'Mine' }).expect(404),
        await estate.api.delete(path).expect(404),
        await estate.api.post(`${path}/api_key`).send({ revoke: true }).expect(404),
      ];
      for (const { text } of answers) texts.add(text);
    }
    expect(texts.size).toBe(1);
    expect((await other.api.get(`/applications/${id}`).expect(200)).body).toMatchObject({ name: 'Shop 1' });
  });

  const requests = (client: ReturnType<TestApplication['as']>, id: string) => [
    client.get('/applications'),
    client.get(`/applications/${id}`),
    client.post('/applications').send({ name: 'Another' }),
    client.patch(`/applications/${id}`).send({ name: 'Another' }),
    client.delete(`/applications/${id}`),
    client.post(`/applications/${id}/api_key`),
  ];

  it('requires a session', async () => {
    const { id } = await estate.application();
    for (const request of requests(app.anonymous, id)) {
      const { body } = await request.expect(401);
      expect(body).toMatchObject({ code: 'authentication_required' });
    }
  });

  it('refuses a suspended owner', async () => {
    const suspended = await Estate.of(app);
    const { id } = await suspended.application();
    await app.query('UPDATE authentication.users SET suspended_at = now() WHERE id = $1', [
      suspended.owner.userId,
    ]);
    for (const request of requests(suspended.api, id)) await request.expect(401);
  });

  it('is for users of the root realm only', async () => {
    const application = await estate.application();
    const { token } = await estate.person(application);
    for (const request of requests(estate.within(application, token), application.id)) {
      const { body } = await request.expect(403);
      expect(body).toMatchObject({ code: 'root_realm_required' });
    }
    // The owner's session is refused with the key of the application, because it belongs to another realm.
    await estate.within(application, estate.owner.token).get('/applications').expect(401);
    await estate.within(application).get('/applications').expect(401);
  });

  it('passes facts about its owner to UserEvents, in the same transaction', async () => {
    const estate = await Estate.of(app);
    const { id } = await estate.application();
    await estate.api.post(`/applications/${id}/api_key`).expect(201);
    await estate.api.delete(`/applications/${id}`).expect(204);
    const witness = app.get(Witness);
    const told = witness.of(estate.owner.userId).slice(-3);
    expect(told).toEqual(['application_created', 'api_key_issued', 'application_deleted']);
    witness.failsAt = 'application_created';
    try {
      await estate.api.post('/applications').send({ name: 'Taken back' }).expect(500);
    } finally {
      witness.failsAt = null;
    }
    await estate.application({ name: 'Taken back' });
  });

  // The embedded database has only one connection, so the test cannot hold a lock in another.
  if (!isEmbedded()) {
    it('creates no application for an owner who is deleted at the same time', async () => {
      const { owner, api } = await Estate.of(app);
      const holder = await app.get(Database).pool.connect();
      await holder.query('BEGIN');
      await holder.query('DELETE FROM authentication.users WHERE id = $1', [owner.userId]);
      const answer = api.post('/applications').send({ name: 'Too late' }).then();
      await until(async () => {
        const waiting = await app.query(
          "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        return waiting.length === 1;
      });
      await holder.query('COMMIT');
      holder.release();
      expect((await answer).status).toBe(401);
    });
  }
});
