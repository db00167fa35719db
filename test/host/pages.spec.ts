import type { Browser } from 'playwright-core';
import { PASSWORD, type TestApplication } from '../support/application.js';
import { startHost } from '../support/host.js';
import { describeInBrowser, launchBrowser, Visit } from './browser.js';

const NEXT = 'a horse, another battery';

describeInBrowser('pages', () => {
  let app: TestApplication;
  let browser: Browser;

  beforeAll(async () => {
    [app, browser] = await Promise.all([startHost(), launchBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  describe('without JavaScript', () => {
    let visit: Visit;

    beforeEach(async () => {
      visit = await Visit.begin(browser, app.url, { javaScriptEnabled: false });
    });
    afterEach(async () => {
      await visit.end();
      expect(visit.complaints).toEqual([]);
    });

    it('confirms an address by a click on the button, not by opening the link', async () => {
      const { email } = await app.signUp();
      const link = await app.mailbox.linkTo(email);
      await visit.open(link);
      expect(await visit.page.textContent('main')).toContain(email);
      await visit.open(link);
      await visit.page.click('text=Yes, confirm this address');
      expect(await visit.heading()).toBe('Your address is confirmed');
      const { token } = await app.signIn(email);
      expect((await app.as(token).get('/me')).body).toMatchObject({ verified: true });
      visit.expects(400);
      await visit.open(link);
      expect(await visit.heading()).toBe('This link does not work');
    });

    it('deletes the account that somebody else made, by the second button', async () => {
      const { email } = await app.signUp();
      await visit.open(await app.mailbox.linkTo(email));
      await visit.page.click('text=It was not me: delete the account');
      expect(await visit.heading()).toBe('The account is deleted');
      await app.anonymous.post('/sign_in').send({ email, password: PASSWORD }).expect(401);
    });

    it('says twice that an address is confirmed when the button is pressed twice', async () => {
      const { email } = await app.signUp();
      await visit.open(await app.mailbox.linkTo(email));
      await visit.page.click('text=Yes, confirm this address');
      await visit.page.waitForURL('**/confirmation');
      await visit.page.reload();
      expect(await visit.heading()).toBe('Your address is confirmed');
    });

    it('gives an account back to the owner of its old address', async () => {
      const { email, link } = await changed();
      await visit.open(link);
      expect(await visit.page.textContent('main')).toContain(email);
      await visit.page.click('button');
      expect(await visit.heading()).toBe('The account is yours again');
      await visit.open(await app.mailbox.linkTo(email, /^Choose a new password/));
      expect(await visit.heading()).toBe('Choose a new password');
    });

    it('sets a new password, also after a refused one', async () => {
      const { email, link } = await forgotten();
      await visit.open(link);
      // Long enough for the browser, too common for the server.
      await visit.page.fill('#password', 'passwordpassword');
      await visit.page.fill('#confirmation', 'passwordpassworD');
      visit.expects(422);
      await visit.page.click('button');
      expect(await visit.heading()).toBe('That password cannot be used');
      expect(await visit.page.textContent('#password-fault')).toBe('This is too easy to guess.');
      expect(await visit.page.textContent('#confirmation-fault')).toBe('This does not match the password.');
      expect(await visit.page.inputValue('#password')).toBe('');

      await visit.page.fill('#password', NEXT);
      await visit.page.fill('#confirmation', 'something else');
      await visit.page.click('button');
      expect(await visit.page.locator('#password-fault').count()).toBe(0);
      expect(await visit.page.locator('#confirmation[autofocus]').count()).toBe(1);

      await visit.page.fill('#password', NEXT);
      await visit.page.fill('#confirmation', NEXT);
      await visit.page.click('button');
      expect(await visit.heading()).toBe('Your new password is set');
      await app.signIn(email, NEXT);
    });

    it('works with the keyboard only', async () => {
      const { email, link } = await forgotten();
      await visit.open(link);
      const { keyboard } = visit.page;
      await keyboard.press('Tab');
      await keyboard.type(NEXT);
      await keyboard.press('Tab');
      await keyboard.type(NEXT);
      await keyboard.press('Tab');
      await keyboard.press('Enter');
      await visit.page.waitForSelector('text=Your new password is set');
      await app.signIn(email, NEXT);

      const { email: other } = await app.signUp();
      await visit.open(await app.mailbox.linkTo(other));
      await keyboard.press('Tab');
      await keyboard.press('Space');
      await visit.page.waitForSelector('text=Your address is confirmed');
    });

    it('lists the mails in the development mailbox, with working links', async () => {
      const { email } = await app.signUp();
      await app.mailbox.settled();
      await visit.open('/dev/mailbox');
      await visit.page.click(`article:has-text("${email}") a`);
      expect(await visit.heading()).toBe('Confirm your email address');
    });
  });

  describe('is accessible', () => {
    const SCREENS = [
      { name: 'a phone in the dark', colorScheme: 'dark', viewport: { width: 320, height: 640 } },
      { name: 'a desk in the light', colorScheme: 'light', viewport: { width: 1280, height: 800 } },
    ] as const;

    for (const { name, ...screen } of SCREENS) {
      it(`in labels, contrast and focus, and is not cut off, on ${name}`, async () => {
        const { email, link } = await forgotten();
        // The policy of the pages would block the script of axe-core.
        const visit = await Visit.begin(browser, app.url, { ...screen, bypassCSP: true });
        visit.expects(400, 422);
        await visit.open(await app.mailbox.linkTo(email, /Confirm/));
        await visit.check('confirmation');
        const reversal = await changed();
        await visit.open(await app.mailbox.linkTo(reversal.wanted));
        await visit.check('confirmation of a new address');
        await visit.open(reversal.link);
        await visit.check('reversal');
        await visit.open(link);
        await visit.check('new password');
        await visit.page.fill('#password', 'passwordpassword');
        await visit.page.fill('#confirmation', 'passwordpassworD');
        await visit.page.click('button');
        await visit.check('new password, refused');
        expect(await visit.page.evaluate('document.activeElement.id')).toBe('password');
        expect(await visit.page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe(
          'solid',
        );
        await visit.open('/identity/password_reset?token=none');
        await visit.check('dead link');
        await visit.open('/dev/mailbox');
        await visit.check('mailbox');
        const background = await visit.page.evaluate('getComputedStyle(document.body).backgroundColor');
        const [mail] = await app.mailbox.to(email);
        await visit.page.setContent(mail?.html ?? '');
        await visit.check('mail');
        await visit.end();
        expect(visit.complaints).toEqual([]);
        expect(background).toBe(screen.colorScheme === 'dark' ? 'rgb(16, 16, 20)' : 'rgb(245, 245, 247)');
      });
    }
  });

  async function changed(): Promise<{ email: string; wanted: string; link: URL }> {
    const { email, token } = await app.person({ verified: true });
    const wanted = app.newEmail();
    await app
      .as(token)
      .put('/identity/email')
      .send({ current_password: PASSWORD, email: wanted })
      .expect(200);
    return { email, wanted, link: await app.mailbox.linkTo(email, /is about to change$/) };
  }

  async function forgotten(): Promise<{ email: string; link: URL }> {
    const { email } = await app.signUp(`a.rather.long.address.of.somebody.${app.newEmail()}`, PASSWORD);
    await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
    return { email, link: await app.mailbox.linkTo(email, /^Choose a new password/) };
  }
});
