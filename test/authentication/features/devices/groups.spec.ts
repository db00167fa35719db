import { startApplication, type TestApplication } from '../../../support/application.js';

interface Named {
  id: number;
  name: string;
}

describe('groups of devices', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  const group = async (token: string, name: string): Promise<Named> =>
    (await app.as(token).post('/device_groups').send({ name }).expect(201)).body as Named;
  const device = async (token: string, name = 'Phone'): Promise<Named> =>
    (await app.as(token).post('/devices').send({ name }).expect(201)).body as Named;
  const groupsOf = async (token: string, id: number): Promise<unknown> =>
    (await app.as(token).get(`/devices/${id}`).expect(200)).body.groups;

  it('are added, listed by name and removed; their devices stay', async () => {
    const { token } = await app.person();
    const api = app.as(token);
    const work = await group(token, 'WORK');
    const home = await group(token, 'HOME');
    expect(home).toEqual({ id: expect.any(Number) as number, name: 'HOME' });
    expect((await api.get('/device_groups').expect(200)).body).toEqual([home, work]);
    const { id } = await device(token);
    await api.put(`/device_groups/${home.id}/devices/${id}`).expect(204);
    await api.delete(`/device_groups/${home.id}`).expect(204);
    await api.delete(`/device_groups/${home.id}`).expect(404);
    expect((await api.get('/device_groups').expect(200)).body).toEqual([work]);
    expect(await groupsOf(token, id)).toEqual([]);
  });

  it('include and exclude devices, also when a request is repeated', async () => {
    const { token } = await app.person();
    const [work, home] = [await group(token, 'WORK'), await group(token, 'HOME')];
    const [first, second] = [await device(token, 'first'), await device(token, 'second')];
    const put = ({ id }: Named, member: Named) =>
      app.as(token).put(`/device_groups/${id}/devices/${member.id}`).expect(204);
    const take = ({ id }: Named, member: Named) =>
      app.as(token).delete(`/device_groups/${id}/devices/${member.id}`).expect(204);
    await put(work, first);
    await put(work, first);
    await put(home, first);
    await put(home, second);
    const { body } = await app.as(token).get('/devices').expect(200);
    expect(body).toMatchObject([
      { name: 'second', groups: [home] },
      { name: 'first', groups: [home, work] },
    ]);
    const renamed = await app.as(token).patch(`/devices/${first.id}`).send({ name: 'First' }).expect(200);
    expect(renamed.body).toMatchObject({ groups: [home, work] });
    await take(home, first);
    await take(home, first);
    expect(await groupsOf(token, first.id)).toEqual([work]);
    expect(await groupsOf(token, second.id)).toEqual([home]);
  });

  it('have a name that is unique per user', async () => {
    const { token } = await app.person();
    await group(token, 'HOME');
    for (const name of ['HOME', ' HOME ']) {
      const { body } = await app.as(token).post('/device_groups').send({ name }).expect(422);
      expect(body).toMatchObject({ code: 'already_taken', errors: [{ field: 'name', code: 'taken' }] });
    }
    await group(token, 'Home');
    await group((await app.person()).token, 'HOME');
    const { body } = await app.as(token).get('/device_groups').expect(200);
    expect(body).toHaveLength(2);
  });

  it('with one name, added 20 times at the same time, are one', async () => {
    const { token } = await app.person();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => app.as(token).post('/device_groups').send({ name: 'HOME' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(19).fill(422)]);
    expect((await app.as(token).get('/device_groups').expect(200)).body).toHaveLength(1);
  });

  it('have names of 1 to 100 code points', async () => {
    const { token } = await app.person();
    const post = (name: unknown) => app.as(token).post('/device_groups').send({ name });
    for (const [name, code] of [
      ['', 'missing'],
      [' ', 'too_short'],
      ['x'.repeat(101), 'too_long'],
      [1, 'invalid'],
      ['a\0', 'invalid'],
      ['a\nb', 'invalid'],
      ['\u200b', 'invalid'],
    ]) {
      const { body } = await post(name).expect(422);
      expect(body).toMatchObject({ errors: [{ field: 'name', code }] });
    }
    await post('ü'.repeat(100)).expect(201);
  });

  it('require a session', async () => {
    await app.anonymous.get('/device_groups').expect(401);
    await app.anonymous.post('/device_groups').send({ name: 'x' }).expect(401);
    await app.anonymous.delete('/device_groups/1').expect(401);
    await app.anonymous.put('/device_groups/1/devices/1').expect(401);
    await app.anonymous.delete('/device_groups/1/devices/1').expect(401);
  });

  it('of another user get the same answer as missing ones and malformed ids (ASVS 8.2.2)', async () => {
    const [owner, stranger] = [await app.person(), await app.person()];
    const theirs = { group: await group(owner.token, 'HOME'), device: await device(owner.token) };
    await app
      .as(owner.token)
      .put(`/device_groups/${theirs.group.id}/devices/${theirs.device.id}`)
      .expect(204);
    const own = { group: await group(stranger.token, 'HOME'), device: await device(stranger.token) };
    const api = app.as(stranger.token);
    const answers = new Set<string>();
    for (const id of [theirs.group.id, 999_999_999, 'abc', '01', '9'.repeat(30)]) {
      answers.add((await api.delete(`/device_groups/${id}`).expect(404)).text);
      answers.add((await api.put(`/device_groups/${id}/devices/${own.device.id}`).expect(404)).text);
      answers.add((await api.delete(`/device_groups/${id}/devices/${own.device.id}`).expect(404)).text);
    }
    for (const id of [theirs.device.id, 999_999_999, 'abc', '01', '9'.repeat(30)]) {
      answers.add((await api.put(`/device_groups/${own.group.id}/devices/${id}`).expect(404)).text);
      answers.add((await api.delete(`/device_groups/${own.group.id}/devices/${id}`).expect(404)).text);
    }
    answers.add(
      (await api.put(`/device_groups/${theirs.group.id}/devices/${theirs.device.id}`).expect(404)).text,
    );
    expect([...answers]).toHaveLength(1);
    expect(await groupsOf(owner.token, theirs.device.id)).toEqual([theirs.group]);
    expect(await groupsOf(stranger.token, own.device.id)).toEqual([]);
  });
});
