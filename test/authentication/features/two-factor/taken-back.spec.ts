import { Database } from '../../../../src/authentication/core/database/database.js';
import type { AttackStart } from '../../../../src/authentication/core/events/attack-start.js';
import { UserEvents } from '../../../../src/authentication/core/events/user-events.js';
import { User } from '../../../../src/authentication/core/users/user.entity.js';
import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { enrolled, enrolledAs } from './authenticator.js';

const CLIENT = { ipAddress: null, userAgent: null, locale: 'en' };
const PROFILE = '/two_factor_authentication/profile';

describe('When an owner takes the account back, the second factor', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  const takeBack = (userId: number, since: AttackStart) =>
    app.get(Database).transaction(async (manager) => {
      const user = await manager.findOneByOrFail(User, { id: userId });
      await app.get(UserEvents).tell(manager, { action: 'taken_back', user, client: CLIENT, since });
    });
  const now = async (): Promise<Date> =>
    (await app.query<{ now: Date }>('SELECT clock_timestamp() AS now'))[0]!.now;
  const signIn = (email: string) => app.anonymous.post('/sign_in').send({ email, password: PASSWORD });
  const answer = (challenge_token: string, code: string) =>
    app.anonymous.post('/two_factor_authentication/challenge/recovery_codes').send({ challenge_token, code });

  it('that an attacker set up is removed, with its recovery codes and open challenges', async () => {
    for (const by of ['session', 'time'] as const) {
      const owner = await app.person({ verified: true });
      const time = await now();
      const thief = await enrolledAs(app, await app.signIn(owner.email));
      const { challenge } = (await signIn(owner.email).expect(401)).body as { challenge: { token: string } };
      await takeBack(owner.userId, by === 'session' ? { session: thief.sessionId } : { time });
      await answer(challenge.token, thief.recoveryCodes[0]!).expect(400);
      await signIn(owner.email).expect(201);
    }
  });

  it('of the owner stays, but recovery codes that an attacker made for it are void', async () => {
    const owner = await enrolled(app);
    const { challenge } = (await signIn(owner.email).expect(401)).body as { challenge: { token: string } };
    const entered = await answer(challenge.token, owner.recoveryCodes[0]!).expect(201);
    const thief = String(entered.headers['x-session-token']);
    const made = await app
      .as(thief)
      .post(`${PROFILE}/recovery_codes`)
      .send({ current_password: PASSWORD, code: owner.recoveryCodes[1] })
      .expect(201);
    await takeBack(owner.userId, { session: entered.body.id as number });
    const next = (await signIn(owner.email).expect(401)).body as { challenge: { token: string } };
    await answer(next.challenge.token, (made.body.recovery_codes as string[])[0]!).expect(401);
    await app.anonymous
      .post('/two_factor_authentication/challenge/totp')
      .send({ challenge_token: next.challenge.token, code: owner.authenticator.code() })
      .expect(201);
  });

  it('of the owner stays with its recovery codes when the attack began later', async () => {
    const owner = await enrolled(app);
    await takeBack(owner.userId, { session: owner.sessionId + 1 });
    const { challenge } = (await signIn(owner.email).expect(401)).body as { challenge: { token: string } };
    await answer(challenge.token, owner.recoveryCodes[0]!).expect(201);
  });
});
