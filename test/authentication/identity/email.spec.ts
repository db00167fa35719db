import { identityEn } from '../../../src/authentication/identity/identity.en.js';
import {
  PASSWORD,
  startApplication,
  type SignedIn,
  type TestApplication,
} from '../../support/application.js';
import { letTimePass } from '../../support/clock.js';
import { readable, RESET_MAIL, said, VERIFICATION_MAIL } from '../../support/texts.js';

describe('identity/email', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  const change = (person: SignedIn, email: string, current_password = PASSWORD) =>
    app.as(person.token).put('/identity/email').send({ current_password, email });

  const confirm = (email: string, token: string) =>
    app.anonymous.put('/identity/email_verification').send({ email, token });

  describe('PUT', () => {
    it('keeps the address until the link that was sent to the new one is used', async () => {
      const person = await app.person({ verified: true });
      const email = app.newEmail();
      const { body, headers } = await change(person, ` ${email.toUpperCase()} `).expect(200);
      expect(body).toMatchObject({ email: person.email, verified: true, unconfirmed_email: email });
      expect(headers['cache-control']).toBe('no-store');
      await confirm(email, await app.mailbox.tokenTo(email)).expect(204);
      const me = await app.as(person.token).get('/me').expect(200);
      expect(me.body).toMatchObject({ email, verified: true, unconfirmed_email: null });
      await app.signIn(email);
      await app.anonymous.post('/sign_in').send({ email: person.email, password: PASSWORD }).expect(401);
    });

    it('notifies the old address, and names the new one (ASVS 6.3.7)', async () => {
      const person = await app.person({ verified: true });
      const email = app.newEmail();
      await change(person, email).expect(200);
      const [notice] = await app.mailbox.to(person.email);
      expect(notice).toMatchObject({
        subject: said(identityEn['email_change_requested.mail.subject'], { app: 'Acme' }),
      });
      expect(notice?.text).toContain(email);
      const link = await app.mailbox.linkTo(person.email);
      expect(link.href).toMatch(/^http:\/\/app\.test\/identity\/email\/reversal\?token=[\w-]{43}$/);
    });

    it('tells the new address that an existing account wants it', async () => {
      const person = await app.person();
      const email = app.newEmail();
      await change(person, email).expect(200);
      const [mail] = await app.mailbox.to(email);
      const words = { app: 'Acme', email };
      expect(readable(mail?.text ?? '')).toContain(
        said(identityEn['email_verification.mail.change_text'], words),
      );
      const [first] = await app.mailbox.to(person.email);
      expect(readable(first?.text ?? '')).not.toContain('existing account');
    });

    it('requires the current password, and reveals nothing about the address without it', async () => {
      const person = await app.person();
      const other = await app.signUp();
      for (const email of [app.newEmail(), other.email]) {
        const { body } = await change(person, email, 'not the password at all').expect(422);
        expect(body).toMatchObject({
          code: 'wrong_parameters',
          errors: [{ field: 'current_password', code: 'incorrect' }],
        });
      }
      expect(
        await app.query(
          'SELECT 1 FROM authentication.users WHERE unconfirmed_email IS NOT NULL AND id = $1',
          [person.userId],
        ),
      ).toEqual([]);
    });

    it('refuses a registered address, also in another spelling', async () => {
      const person = await app.person();
      const other = await app.signUp();
      const { body } = await change(person, other.email.toUpperCase()).expect(422);
      expect(body).toMatchObject({
        code: 'already_registered',
        errors: [{ field: 'email', code: 'already_registered' }],
      });
    });

    it('refuses an invalid address, and names missing fields', async () => {
      const person = await app.person();
      const invalid = await change(person, 'nobody').expect(422);
      expect(invalid.body).toMatchObject({ errors: [{ field: 'email', code: 'invalid' }] });
      const { body } = await app.as(person.token).put('/identity/email').send({}).expect(422);
      expect(body).toMatchObject({
        code: 'missing_parameters',
        errors: [
          { field: 'current_password', code: 'missing' },
          { field: 'email', code: 'missing' },
        ],
      });
    });

    it('sets no other field (ASVS 15.3.3)', async () => {
      const person = await app.person();
      const { body } = await app
        .as(person.token)
        .put('/identity/email')
        .send({ current_password: PASSWORD, email: app.newEmail(), verified: true })
        .expect(422);
      expect(body).toMatchObject({ errors: [{ field: 'verified', code: 'unknown' }] });
    });

    it('requires a session', async () => {
      const { body, headers } = await app.anonymous.put('/identity/email').send({}).expect(401);
      expect(body).toMatchObject({ code: 'authentication_required' });
      expect(headers['www-authenticate']).toBe('Bearer');
    });

    it('ends the link to the address that was requested before', async () => {
      const person = await app.person();
      const [first, second] = [app.newEmail(), app.newEmail()];
      await change(person, first).expect(200);
      const token = await app.mailbox.tokenTo(first);
      await change(person, second).expect(200);
      await confirm(first, token).expect(400);
      await confirm(second, token).expect(400);
      await confirm(second, await app.mailbox.tokenTo(second)).expect(204);
    });

    it('confirms only the address that the link was sent to, after changes at the same time (CVE-2026-32700)', async () => {
      const person = await app.person();
      const addresses = [1, 2, 3, 4].map(() => app.newEmail());
      await Promise.all(addresses.map((email) => change(person, email).expect(200)));
      const { body: waiting } = await app.as(person.token).get('/me').expect(200);
      const answers: unknown[] = [];
      for (const mailed of addresses) {
        const token = await app.mailbox.tokenTo(mailed).catch(() => 'none');
        for (const claimed of addresses) {
          const { status } = await confirm(claimed, token);
          if (status === 204) answers.push({ mailed, claimed });
        }
      }
      const last = waiting.unconfirmed_email as string;
      expect(answers).toEqual([{ mailed: last, claimed: last }]);
      const { body } = await app.as(person.token).get('/me').expect(200);
      expect(body).toMatchObject({ email: last, unconfirmed_email: null });
    });

    it('gives an address to the first user who confirms it', async () => {
      const [first, second] = [await app.person(), await app.person()];
      const email = app.newEmail();
      await change(first, email).expect(200);
      const token = await app.mailbox.tokenTo(email);
      await change(second, email).expect(200);
      await confirm(email, await app.mailbox.tokenTo(email)).expect(204);
      const { body } = await confirm(email, token).expect(400);
      expect(body).toMatchObject({ code: 'invalid_token' });
      const me = await app.as(first.token).get('/me').expect(200);
      expect(me.body).toMatchObject({ email: first.email });
    });

    it('ends every link to the old address when the new one is confirmed', async () => {
      const person = await app.person();
      const email = app.newEmail();
      const verification = await app.mailbox.tokenTo(person.email);
      await app.anonymous.post('/identity/password_reset').send({ email: person.email }).expect(204);
      const reset = await app.mailbox.tokenTo(person.email, RESET_MAIL);
      await change(person, email).expect(200);
      await confirm(email, await app.mailbox.tokenTo(email)).expect(204);
      await confirm(person.email, verification).expect(400);
      await app.anonymous.get('/identity/password_reset').query({ token: reset }).expect(400);
    });

    it('is cancelled by a new password, even if the mail is sent later', async () => {
      const person = await app.person();
      const email = app.newEmail();
      await change(person, email).expect(200);
      const token = await app.mailbox.tokenTo(email);
      const password = 'another battery, another horse';
      const { body } = await app
        .as(person.token)
        .put('/password')
        .send({ current_password: PASSWORD, password, password_confirmation: password })
        .expect(200);
      // A mail that is sent again later would get a new link, so no requested address may be left.
      expect(body).toMatchObject({ unconfirmed_email: null });
      await confirm(email, token).expect(400);
      await app.as(person.token).post('/identity/email_verification').expect(204);
      expect(await app.mailbox.to(email)).toHaveLength(1);
    });

    it('makes a link that is valid for 2 days', async () => {
      const person = await app.person();
      const email = app.newEmail();
      await change(person, email).expect(200);
      const token = await app.mailbox.tokenTo(email);
      await letTimePass(app, '2 days');
      await confirm(email, token).expect(400);
    });
  });

  describe('DELETE', () => {
    it('cancels the requested change, and ends its link', async () => {
      const person = await app.person();
      const email = app.newEmail();
      await change(person, email).expect(200);
      const token = await app.mailbox.tokenTo(email);
      const { body } = await app.as(person.token).delete('/identity/email').expect(200);
      expect(body).toMatchObject({ email: person.email, unconfirmed_email: null });
      await confirm(email, token).expect(400);
      await change(person, email).expect(200);
      await confirm(email, token).expect(400);
    });

    it('does not end the link of the current address', async () => {
      const person = await app.person();
      await change(person, app.newEmail()).expect(200);
      await app.as(person.token).delete('/identity/email').expect(200);
      await confirm(person.email, await app.mailbox.tokenTo(person.email, VERIFICATION_MAIL)).expect(204);
    });

    it('gives the same answer when no change was requested', async () => {
      const person = await app.person();
      const { body } = await app.as(person.token).delete('/identity/email').expect(200);
      expect(body).toMatchObject({ email: person.email, unconfirmed_email: null });
    });

    it('requires a session', () => app.anonymous.delete('/identity/email').expect(401));
  });
});
