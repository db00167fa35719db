import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { letTimePass } from '../../../support/clock.js';
import { RESET_MAIL } from '../../../support/texts.js';
import { Estate, type Application } from './estate.js';

const FORM = { password: PASSWORD, password_confirmation: PASSWORD };

describe('The owner of applications', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ variables: { THROTTLE_FACTOR: '1', TRUSTED_PROXIES: '127.0.0.1' } });
  });
  afterAll(() => app.close());

  /** Applications of one owner. Each request names another end user, so that no limit of a client refuses it. */
  async function applications(count: number): Promise<{ estate: Estate; shops: Application[] }> {
    const estate = await Estate.of(app);
    const shops: Application[] = [];
    for (let made = 0; made < count; made += 1) shops.push(await estate.application());
    return { estate, shops };
  }

  let users = 0;
  const someone = () => {
    users += 1;
    return `2001:db8:${Math.floor(users / 250)}:${users % 250}::1`;
  };

  const post = (estate: Estate, shop: Application, path: string, body: object) =>
    estate.within(shop).set('X-Client-Address', someone()).post(path).send(body);

  it('must have verified the address, at every route of applications', async () => {
    const { token, email } = await app.person();
    const refused = [
      await app.as(token).post('/applications').send({ name: 'Shop' }).expect(403),
      await app.as(token).get('/applications').expect(403),
    ];
    for (const { body } of refused) expect(body).toMatchObject({ code: 'email_unverified' });
    await app.markVerified(email);
    await app.as(token).post('/applications').send({ name: 'Shop' }).expect(201);
  });

  it('has at most 25, also when the last ones are created at the same time', async () => {
    const { estate } = await applications(22);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        estate.api.post('/applications').send({ name: `Late ${index}` }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 422, 422, 422, 422, 422]);
    const { body } = await estate.api.post('/applications').send({ name: 'One more' }).expect(422);
    expect(body).toMatchObject({ code: 'wrong_parameters', errors: [{ field: 'name', code: 'too_many' }] });
    const { body: listed } = await estate.api.get('/applications').expect(200);
    const [first] = listed as { id: string }[];
    await estate.api.delete(`/applications/${first!.id}`).expect(204);
    await estate.api.post('/applications').send({ name: 'One more' }).expect(201);
  });

  it('mails one address at most 6 times an hour, from all applications together', async () => {
    const { estate, shops } = await applications(10);
    const stranger = app.newEmail();
    for (const shop of shops) {
      await post(estate, shop, '/sign_up', { email: stranger, ...FORM }).expect(201);
      await post(estate, shop, '/identity/email_verification', { email: stranger }).expect(204);
      await post(estate, shop, '/identity/password_reset', { email: stranger }).expect(204);
    }
    expect(await app.mailbox.to(stranger)).toHaveLength(6);
    const issued = await app.query('SELECT 1 FROM authentication.one_time_tokens WHERE sent_to = $1', [
      stranger,
    ]);
    expect(issued).toHaveLength(6);

    const other = await applications(1);
    await post(other.estate, other.shops[0]!, '/sign_up', { email: stranger, ...FORM }).expect(201);
    expect(await app.mailbox.to(stranger)).toHaveLength(7);
    await letTimePass(app, '1 hour');
    await post(estate, shops[0]!, '/identity/password_reset', { email: stranger }).expect(204);
    expect(await app.mailbox.to(stranger)).toHaveLength(8);
  });

  it('does not reduce the 3 resets in 15 minutes of a verified user, not even with all its budgets used up', async () => {
    const { estate, shops } = await applications(4);
    const [shop] = shops as [Application];
    const email = app.newEmail();
    for (const each of shops) {
      await post(estate, each, '/sign_up', { email, ...FORM }).expect(201);
      await post(estate, each, '/identity/email_verification', { email }).expect(204);
    }
    expect(await app.mailbox.to(email)).toHaveLength(6);
    await app.query('UPDATE authentication.users SET verified = true WHERE email = $1 AND realm = $2', [
      email,
      shop.id,
    ]);
    const ask = () => post(estate, shop, '/identity/email_verification', {});
    for (let sent = 0; sent < 600; sent += 30) await Promise.all(Array.from({ length: 30 }, ask));
    expect((await ask()).status).toBe(429);

    for (let asked = 0; asked < 5; asked += 1) {
      await post(estate, shop, '/identity/password_reset', { email }).expect(204);
    }
    expect(await app.mailbox.to(email, RESET_MAIL)).toHaveLength(3);
  });
});
