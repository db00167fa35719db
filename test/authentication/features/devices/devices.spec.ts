import { Sweeper } from '../../../../src/authentication/core/sweeping/sweeper.js';
import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';

interface DeviceBody {
  id: number;
  name: string;
}

describe('devices', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  const add = async (token: string, name = 'Kitchen display'): Promise<DeviceBody> =>
    (await app.as(token).post('/devices').send({ name }).expect(201)).body as DeviceBody;
  const rowsOf = (id: number) => app.query('SELECT * FROM authentication.devices WHERE id = $1', [id]);

  it('are added, listed with the newest first, shown and renamed', async () => {
    const { token } = await app.person();
    const api = app.as(token);
    expect((await api.get('/devices').expect(200)).body).toEqual([]);
    const first = await add(token, 'MacBook Pro de Etienne');
    expect(first).toEqual({
      id: expect.any(Number) as number,
      name: 'MacBook Pro de Etienne',
      groups: [],
      last_seen_at: null,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
    });
    const second = await add(token, 'MacBook Pro de Etienne');
    expect((await api.get('/devices').expect(200)).body).toEqual([second, first]);
    expect((await api.get(`/devices/${first.id}`).expect(200)).body).toEqual(first);
    const renamed = await api.patch(`/devices/${first.id}`).send({ name: 'Test' }).expect(200);
    expect(renamed.body).toEqual({ ...first, name: 'Test' });
    expect((await api.get(`/devices/${first.id}`).expect(200)).body).toEqual({ ...first, name: 'Test' });
    expect((await api.get(`/devices/${second.id}`).expect(200)).body).toEqual(second);
  });

  it('have names of 1 to 100 code points, which are trimmed and composed (NFC)', async () => {
    const { token } = await app.person();
    const { id } = await add(token);
    const refused = async (name: unknown, code: string): Promise<void> => {
      for (const request of [app.as(token).post('/devices'), app.as(token).patch(`/devices/${id}`)]) {
        const { body } = await request.send({ name }).expect(422);
        expect(body).toMatchObject({
          code: code === 'missing' ? 'missing_parameters' : 'wrong_parameters',
          errors: [{ field: 'name', code }],
        });
      }
    };
    for (const name of [undefined, null, '']) await refused(name, 'missing');
    for (const name of [7, ['x'], { x: 1 }, true, 'a\0b', 'a\ud800b']) await refused(name, 'invalid');
    for (const name of ['a\rb', 'a\nb', 'a\u0007b', 'gpj\u202eexe', 'a\u2066b', 'a\u2028b']) {
      await refused(name, 'invalid');
    }
    for (const name of ['\u200b', '\u200d\ufe0f', '\u3164', ' \u00ad\u2060 ']) await refused(name, 'invalid');
    for (const name of ['👩‍👩‍👧', '❤️', 'می\u200cخواهم']) expect((await add(token, name)).name).toBe(name);
    await refused(' \t ', 'too_short');
    await refused('😀'.repeat(101), 'too_long');
    expect((await add(token, '😀'.repeat(100))).name).toBe('😀'.repeat(100));
    expect((await add(token, '  Cafe\u0301 \n')).name).toBe('Caf\u00e9');
    const { body } = await app.as(token).post('/devices').send({ name: 'x', user_id: 1 }).expect(422);
    expect(body).toMatchObject({ errors: [{ field: 'user_id', code: 'unknown' }] });
  });

  it('require a session', async () => {
    const routes = [
      app.anonymous.get('/devices'),
      app.anonymous.post('/devices').send({ name: 'x' }),
      app.anonymous.get('/devices/1'),
      app.anonymous.patch('/devices/1').send({ name: 'x' }),
      app.anonymous.delete('/devices/1'),
      app.anonymous.post('/devices/1/tokens').send({ current_password: PASSWORD }),
      app.anonymous.delete('/devices/1/tokens'),
    ];
    for (const route of routes) await route.expect(401);
  });

  it('of another user get the same answer as missing ones and malformed ids (ASVS 8.2.2)', async () => {
    const { id } = await add((await app.person()).token);
    const { token } = await app.person();
    const own = await add(token);
    await app.as(token).delete(`/devices/${own.id}`).expect(204);
    const answers = new Set<string>();
    for (const wanted of [id, own.id, 999_999_999, 0, '01', 'abc', '1.5', '9'.repeat(30), '%00', '-1']) {
      const api = app.as(token);
      const requests = [
        api.get(`/devices/${wanted}`),
        api.patch(`/devices/${wanted}`).send({ name: 'stolen' }),
        api.delete(`/devices/${wanted}`),
        api.delete(`/devices/${wanted}?keep_data=true`),
        api.post(`/devices/${wanted}/tokens`).send({ current_password: PASSWORD }),
        api.delete(`/devices/${wanted}/tokens`),
      ];
      for (const request of requests) answers.add((await request.expect(404)).text);
    }
    expect([...answers]).toHaveLength(1);
    expect(await rowsOf(id)).toMatchObject([{ name: 'Kitchen display', deleted_at: null }]);
  });

  it('are deleted together with their tokens and group memberships', async () => {
    const { token } = await app.person();
    const { id } = await add(token);
    const group = await app.as(token).post('/device_groups').send({ name: 'HOME' }).expect(201);
    await app
      .as(token)
      .put(`/device_groups/${group.body.id as number}/devices/${id}`)
      .expect(204);
    await app.as(token).post(`/devices/${id}/tokens`).send({ current_password: PASSWORD }).expect(201);
    for (const value of ['', '?keep_data=false']) {
      const { id: gone } = value === '' ? { id } : await add(token);
      await app.as(token).delete(`/devices/${gone}${value}`).expect(204);
      expect(await rowsOf(gone)).toEqual([]);
      await app.as(token).delete(`/devices/${gone}`).expect(404);
    }
    expect((await app.as(token).get('/devices').expect(200)).body).toEqual([]);
    for (const table of ['device_tokens', 'device_group_members']) {
      expect(await app.query(`SELECT 1 FROM authentication.${table} WHERE device_id = $1`, [id])).toEqual([]);
    }
  });

  it('are answered 409 in_use when a foreign key of the host prevents the removal, and keep their tokens', async () => {
    const { token } = await app.person();
    const { id } = await add(token);
    await app.as(token).post(`/devices/${id}/tokens`).send({ current_password: PASSWORD }).expect(201);
    await app.query('CREATE TABLE prints (device_id bigint REFERENCES authentication.devices)');
    try {
      await app.query('INSERT INTO prints VALUES ($1)', [id]);
      const { body } = await app.as(token).delete(`/devices/${id}`).expect(409);
      expect(body).toMatchObject({ code: 'in_use' });
      expect(
        await app.query('SELECT 1 FROM authentication.device_tokens WHERE device_id = $1', [id]),
      ).toHaveLength(1);
      await app.as(token).delete(`/devices/${id}?keep_data=true`).expect(204);
    } finally {
      await app.query('DROP TABLE prints');
    }
  });

  it('stay as rows with keep_data=true, marked deleted, and cannot be reached', async () => {
    const { token } = await app.person();
    const { id } = await add(token);
    const group = await app.as(token).post('/device_groups').send({ name: 'HOME' }).expect(201);
    const member = `/device_groups/${group.body.id as number}/devices/${id}`;
    await app.as(token).delete(`/devices/${id}?keep_data=true`).expect(204);
    expect(await rowsOf(id)).toMatchObject([
      { name: 'Kitchen display', deleted_at: expect.any(Date) as Date },
    ]);
    const api = app.as(token);
    expect((await api.get('/devices').expect(200)).body).toEqual([]);
    await api.get(`/devices/${id}`).expect(404);
    await api.patch(`/devices/${id}`).send({ name: 'back' }).expect(404);
    await api.delete(`/devices/${id}?keep_data=true`).expect(404);
    await api.delete(`/devices/${id}`).expect(404);
    await api.post(`/devices/${id}/tokens`).send({ current_password: PASSWORD }).expect(404);
    await api.delete(`/devices/${id}/tokens`).expect(404);
    await api.put(member).expect(404);
    await api.delete(member).expect(404);
    await app.get(Sweeper).sweep();
    expect(await rowsOf(id)).toHaveLength(1);
  });

  it('are not removed with a keep_data that is neither true nor false', async () => {
    const { token } = await app.person();
    const { id } = await add(token);
    for (const query of ['keep_data=1', 'keep_data=', 'keep_data=TRUE', 'keep_data=true&keep_data=true']) {
      const { body } = await app.as(token).delete(`/devices/${id}?${query}`).expect(422);
      expect(body).toMatchObject({
        code: 'wrong_parameters',
        errors: [{ field: 'keep_data', code: 'invalid' }],
      });
    }
    await app.as(token).get(`/devices/${id}`).expect(200);
  });

  it('are removed by one of 20 requests at the same time', async () => {
    const { token } = await app.person();
    const { id } = await add(token);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        app.as(token).delete(`/devices/${id}?keep_data=${index % 2 === 0 ? 'true' : 'false'}`),
      ),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([204, ...Array<number>(19).fill(404)]);
  });

  it('are deleted with their user, and their groups too', async () => {
    const { token, userId } = await app.person();
    const { id } = await add(token);
    await app.as(token).post(`/devices/${id}/tokens`).send({ current_password: PASSWORD }).expect(201);
    await app.as(token).post('/device_groups').send({ name: 'HOME' }).expect(201);
    await app.as(token).delete('/me').send({ current_password: PASSWORD }).expect(204);
    expect(await rowsOf(id)).toEqual([]);
    expect(
      await app.query('SELECT 1 FROM authentication.device_groups WHERE user_id = $1', [userId]),
    ).toEqual([]);
  });
});
