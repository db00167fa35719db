import { existsSync, readFileSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { PASSWORD, type TestApplication } from '../support/application.js';
import { startHost } from '../support/host.js';

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];
const NEXT = 'a horse, another battery';
const isInstalled = existsSync(CHROMIUM);
const describeInBrowser = isInstalled ? describe : describe.skip;

describeInBrowser(`pages${isInstalled ? '' : ` (${CHROMIUM} is not installed: set CHROMIUM_PATH)`}`, () => {
  let app: TestApplication;
  let browser: Browser;

  beforeAll(async () => {
    [app, browser] = await Promise.all([
      startHost(),
      chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS }),
    ]);
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

    it('confirms an address by a click, and by nothing less', async () => {
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

    it('sets a new password, on the second try too', async () => {
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

    it('works with the keyboard alone', async () => {
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

    it('lists the mails of development, whose links can be followed', async () => {
      const { email } = await app.signUp();
      await app.mailbox.settled();
      await visit.open('/dev/mailbox');
      await visit.page.click(`article:has-text("${email}") a`);
      expect(await visit.heading()).toBe('Confirm your email address');
    });
  });

  describe('for everybody', () => {
    const SCREENS = [
      { name: 'a phone in the dark', colorScheme: 'dark', viewport: { width: 320, height: 640 } },
      { name: 'a desk in the light', colorScheme: 'light', viewport: { width: 1280, height: 800 } },
    ] as const;

    for (const { name, ...screen } of SCREENS) {
      it(`labels, contrast and focus are right, and nothing is cut off, on ${name}`, async () => {
        const { email, link } = await forgotten();
        // The policy of the pages forbids the script that checks them.
        const visit = await Visit.begin(browser, app.url, { ...screen, bypassCSP: true });
        visit.expects(400, 422);
        await visit.open(await app.mailbox.linkTo(email, /Confirm/));
        await visit.check('confirmation');
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

  async function forgotten(): Promise<{ email: string; link: URL }> {
    const { email } = await app.signUp(`a.rather.long.address.of.somebody.${app.newEmail()}`, PASSWORD);
    await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
    return { email, link: await app.mailbox.linkTo(email, /^Choose a new password/) };
  }
});

/** A visit of our pages that notes what a browser complains of, and every request that goes elsewhere. */
class Visit {
  readonly complaints: string[] = [];
  private expected: readonly number[] = [];

  private constructor(
    private readonly context: BrowserContext,
    readonly page: Page,
    private readonly url: string,
  ) {
    page.on('console', (message) => {
      // A browser logs every status of 400 and above.
      const isExpected = this.expected.some((status) => message.text().includes(`status of ${status}`));
      if (!isExpected) this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('requestfailed', (request) => this.complaints.push(`${request.url()} failed`));
    page.on('request', (request) => {
      const address = request.url();
      if (!address.startsWith(`${url}/`) && !address.startsWith('data:')) this.complaints.push(address);
    });
  }

  static async begin(
    browser: Browser,
    url: string,
    options: Parameters<Browser['newContext']>[0],
  ): Promise<Visit> {
    const context = await browser.newContext(options);
    return new Visit(context, await context.newPage(), url);
  }

  async open(address: URL | string): Promise<void> {
    await this.page.goto(new URL(address, this.url).href);
  }

  expects(...statuses: number[]): void {
    this.expected = statuses;
  }

  heading(): Promise<string | null> {
    return this.page.textContent('h1');
  }

  async check(name: string): Promise<void> {
    await this.page.evaluate(AXE);
    const faults = await this.page.evaluate(
      "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] }).then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))",
    );
    const overflow = await this.page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect({ name, faults, overflow }).toEqual({ name, faults: [], overflow: 0 });
  }

  async end(): Promise<void> {
    await this.context.close();
  }
}

const AXE = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');
