import { pwnedEn } from '../../../../src/authentication/features/pwned/pwned.en.js';
import { startApplication, type TestApplication } from '../../../support/application.js';
import { PSEUDO, pseudoLocale } from '../../../support/pseudo-locale.js';
import { readable, RESET_MAIL } from '../../../support/texts.js';
import { BreachApi, hashOf, rangeOf } from './breach-api.js';

const BREACHED = 'a password of somebody';

describe('What a page says of a breached password', () => {
  let api: BreachApi;
  let app: TestApplication;

  beforeAll(async () => {
    api = await BreachApi.start();
    app = await startApplication({
      locales: pseudoLocale(pwnedEn),
      language: PSEUDO,
      variables: { PWNED_URL: api.url },
    });
  });
  afterAll(async () => {
    await app.close();
    await api.close();
  });

  it('comes from its texts file, and is not in the JSON of a problem', async () => {
    api.answers(rangeOf());
    const { email } = await app.signUp();
    await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
    const token = await app.mailbox.tokenTo(email, RESET_MAIL);
    const form = { token, password: BREACHED, password_confirmation: BREACHED };
    api.answers(rangeOf(`${hashOf(BREACHED).suffix}:42`));
    const page = await app.anonymous
      .post('/identity/password_reset/completion')
      .type('form')
      .set('Sec-Fetch-Site', 'same-origin')
      .send(form)
      .expect(422);
    expect(readable(page.text)).toContain(`⟦${pwnedEn['pwned.fault']}⟧`);
    const { body } = await app.anonymous.put('/identity/password_reset').send(form).expect(422);
    const [error] = (body as { errors: object[] }).errors;
    expect(Object.keys(error!)).toEqual(['field', 'code', 'detail']);
  });
});
