import type { AttackStart } from '../../../../src/authentication/core/events/attack-start.js';
import { UserEvents } from '../../../../src/authentication/core/events/user-events.js';
import { Database } from '../../../../src/authentication/core/database/database.js';
import { User } from '../../../../src/authentication/core/users/user.entity.js';
import {
  PASSWORD,
  startApplication,
  type SignedIn,
  type TestApplication,
} from '../../../support/application.js';

const CLIENT = { ipAddress: null, userAgent: null, locale: 'en' };

describe('What an attacker added to the devices of an account', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  const add = async ({ token }: SignedIn, name: string): Promise<number> =>
    (await app.as(token).post('/devices').send({ name }).expect(201)).body.id as number;
  const issue = async ({ token }: SignedIn, id: number): Promise<string> =>
    (await app.as(token).post(`/devices/${id}/tokens`).send({ current_password: PASSWORD }).expect(201)).body
      .token as string;
  const opened = async () =>
    (await app.anonymous.post('/devices/pairings').send({ name: 'Mirror' }).expect(201)).body as {
      code: string;
      pairing_token: string;
    };
  const pair = ({ token }: SignedIn, code: string) => app.as(token).post('/devices/pair').send({ code });
  const poll = (token: string) => app.as(token).get('/devices/pairings/current');
  const signInOn = async (email: string, device: number): Promise<string> => {
    const { headers } = await app.anonymous
      .post('/sign_in')
      .send({ email, password: PASSWORD, device_id: device })
      .expect(201);
    return String(headers['x-session-token']);
  };
  const takeBack = (userId: number, since: AttackStart) =>
    app.get(Database).transaction(async (manager) => {
      const user = await manager.findOneByOrFail(User, { id: userId });
      await app.get(UserEvents).tell(manager, { action: 'taken_back', user, client: CLIENT, since });
    });

  /** The owner and a thief, each with a session, a device, its token, and a device that collects its token later. */
  const attacked = async () => {
    const owner = await app.person();
    const [sensor, owned] = [await add(owner, 'Sensor'), await opened()];
    const own = await issue(owner, sensor);
    await pair(owner, owned.code).expect(200);
    const [{ now }] = (await app.query<{ now: Date }>('SELECT clock_timestamp() AS now')) as [{ now: Date }];
    const thief = await app.signIn(owner.email);
    const tokens = [await issue(thief, sensor), await issue(thief, await add(thief, 'Bug'))];
    const [late, collected] = [await opened(), await opened()];
    await pair(thief, late.code).expect(200);
    const paired = await pair(thief, collected.code).expect(200);
    tokens.push((await poll(collected.pairing_token).expect(200)).body.token as string);
    const session = await signInOn(owner.email, paired.body.id as number);
    return { owner, own, owned, thief, tokens, late, session, began: now };
  };

  it('goes when the owner takes the account back, also after its sessions have ended', async () => {
    for (const by of ['session', 'time'] as const) {
      const { owner, own, owned, thief, tokens, late, session, began } = await attacked();
      await app.as(thief.token).delete('/sessions/current').expect(204);
      for (const token of tokens) await app.as(token).get('/me').expect(200);
      await takeBack(owner.userId, by === 'session' ? { session: thief.sessionId } : { time: began });
      for (const token of [...tokens, session]) await app.as(token).get('/me').expect(401);
      await poll(late.pairing_token).expect(400);
      const { body } = await app.as(owner.token).get('/devices').expect(200);
      expect((body as { name: string }[]).map(({ name }) => name)).toEqual(['Mirror', 'Sensor']);
      await app.as(own).get('/me').expect(200);
      await app
        .as((await poll(owned.pairing_token).expect(200)).body.token as string)
        .get('/me')
        .expect(200);
    }
  });

  it('goes in that account only', async () => {
    const { owner, thief } = await attacked();
    const other = await app.person();
    const token = await issue(other, await add(other, 'Lamp'));
    await takeBack(owner.userId, { session: thief.sessionId });
    await app.as(token).get('/me').expect(200);
  });
});
