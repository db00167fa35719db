import { mailEn } from '../../../../src/authentication/core/mail/mail.en.js';
import { devicesEn } from '../../../../src/authentication/features/devices/devices.en.js';
import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { PSEUDO, pseudoLocale, Reading } from '../../../support/pseudo-locale.js';

describe('Every sentence of the mails about devices comes from a texts file', () => {
  let app: TestApplication;
  const reading = new Reading();

  beforeAll(async () => {
    app = await startApplication({ locales: pseudoLocale(mailEn, devicesEn), language: PSEUDO });
  });
  afterAll(() => app.close());

  it('about a device with a name, and about one whose name contains nothing that a mail shows', async () => {
    for (const name of ['kitchen display', '?']) {
      const { email, token } = await app.person({ verified: true });
      const { body } = await app.anonymous.post('/devices/pairings').send({ name }).expect(201);
      await app
        .as(token)
        .post('/devices/pair')
        .send({ code: (body as { code: string }).code })
        .expect(200);
      expect(reading.strayInMail((await app.mailbox.to(email))[0]!, 'Acme')).toBe('');
    }
  });

  it('about a new token of a device with such names', async () => {
    for (const name of ['kitchen display', '?']) {
      const { email, token } = await app.person({ verified: true });
      const { body } = await app.as(token).post('/devices').send({ name }).expect(201);
      await app
        .as(token)
        .post(`/devices/${(body as { id: number }).id}/tokens`)
        .send({ current_password: PASSWORD })
        .expect(201);
      expect(reading.strayInMail((await app.mailbox.to(email))[0]!, 'Acme')).toBe('');
    }
    expect(reading.unsaid(devicesEn)).toEqual([]);
  });
});
