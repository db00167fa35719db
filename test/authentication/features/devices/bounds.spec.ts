import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { letTimePass } from '../../../support/clock.js';

describe('the number of', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  const TOO_MANY = { code: 'wrong_parameters', errors: [{ field: 'name', code: 'too_many' }] };

  const fill = (table: string, userId: number, count: number) =>
    app.query(
      `INSERT INTO authentication.${table} (user_id, name) SELECT $1, 'Filler ' || n FROM generate_series(1, $2::int) n`,
      [userId, count],
    );

  /** Sends five requests at the same time. @returns the statuses in ascending order */
  const five = async (send: (index: number) => PromiseLike<{ status: number }>): Promise<number[]> => {
    const answers = await Promise.all(Array.from({ length: 5 }, (_, index) => send(index)));
    return answers.map(({ status }) => status).sort();
  };

  it('devices of a user is at most 100, also when the last ones are added at the same time, or paired', async () => {
    const { token, userId } = await app.person();
    await fill('devices', userId, 97);
    const add = () => app.as(token).post('/devices').send({ name: 'Lamp' });
    expect(await five(add)).toEqual([201, 201, 201, 422, 422]);
    expect((await add().expect(422)).body).toMatchObject(TOO_MANY);

    const { body: pairing } = await app.anonymous
      .post('/devices/pairings')
      .send({ name: 'Kettle' })
      .expect(201);
    const { code } = pairing as { code: string };
    const pair = (typed: string) => app.as(token).post('/devices/pair').send({ code: typed });
    expect((await pair(code).expect(422)).body).toMatchObject(TOO_MANY);
    expect((await pair('AAAAAA').expect(404)).body).toMatchObject({ code: 'device_not_found' });

    const { body: devices } = await app.as(token).get('/devices').expect(200);
    const [{ id }] = devices as [{ id: number }];
    await app.as(token).delete(`/devices/${id}?keep_data=true`).expect(204);
    await pair(code).expect(200);
  });

  it('groups of a user is at most 100', async () => {
    const { token, userId } = await app.person();
    await fill('device_groups', userId, 97);
    const add = (index: number) =>
      app
        .as(token)
        .post('/device_groups')
        .send({ name: `Room ${index}` });
    expect(await five(add)).toEqual([201, 201, 201, 422, 422]);
    expect((await add(9).expect(422)).body).toMatchObject(TOO_MANY);
    const other = await app.person();
    await app.as(other.token).post('/device_groups').send({ name: 'Room' }).expect(201);
  });

  it('tokens of a device is at most 10, without those that have expired', async () => {
    const { token, email } = await app.person();
    const { body } = await app.as(token).post('/devices').send({ name: 'Lamp' }).expect(201);
    const { id } = body as { id: number };
    const issue = (session = token) =>
      app.as(session).post(`/devices/${id}/tokens`).send({ current_password: PASSWORD });
    for (let issued = 0; issued < 7; issued += 1) await issue().expect(201);
    expect(await five(() => issue())).toEqual([201, 201, 201, 422, 422]);
    expect((await issue().expect(422)).body).toMatchObject(TOO_MANY);
    await letTimePass(app, '90 days');
    await issue((await app.signIn(email)).token).expect(201);
  });
});
