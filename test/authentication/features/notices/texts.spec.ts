import { mailEn } from '../../../../src/authentication/core/mail/mail.en.js';
import { noticesEn } from '../../../../src/authentication/features/notices/notices.en.js';
import { startApplication, type TestApplication } from '../../../support/application.js';
import { PSEUDO, pseudoLocale, Reading } from '../../../support/pseudo-locale.js';
import { CHROME, ELSEWHERE, FIREFOX, HOME, VARIABLES, Visitor } from './visitors.js';

const PATH = '/sessions/notice';

describe('Every sentence of the notice of a new device comes from a texts file', () => {
  let app: TestApplication;
  const reading = new Reading();

  beforeAll(async () => {
    const locales = pseudoLocale(mailEn, noticesEn);
    app = await startApplication({ locales, language: PSEUDO, variables: VARIABLES });
  });
  afterAll(() => app.close());

  const noticeTo = async (email: string) => {
    const mail = (await app.mailbox.to(email))[0]!;
    expect(reading.strayInMail(mail, 'Acme')).toBe('');
    return /token=([\w-]+)/.exec(mail.text)?.[1] ?? '';
  };

  it('of its mail and its pages', async () => {
    const { email } = await new Visitor(app, CHROME, HOME).signUp();
    await new Visitor(app, FIREFOX, ELSEWHERE).signIn(email);
    const token = await noticeTo(email);
    const { text } = await app.anonymous.get(PATH).query({ token }).expect(200);
    expect(reading.strayInPage(text, 'Acme', email)).toBe('');
    const done = await app.anonymous
      .post(`${PATH}/denial`)
      .type('form')
      .set('Sec-Fetch-Site', 'same-origin')
      .send({ token })
      .expect(200);
    expect(reading.strayInPage(done.text, 'Acme')).toBe('');
  });

  it('of one that does not name itself', async () => {
    const { email } = await new Visitor(app, CHROME, HOME).signUp();
    await new Visitor(app, null, ELSEWHERE).signIn(email);
    await noticeTo(email);
    expect(reading.unsaid(noticesEn)).toEqual([]);
  });
});
