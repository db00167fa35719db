import type { Browser } from 'playwright-core';
import { HTTP_ADAPTERS } from '../../src/config/http-adapters.js';
import { PASSWORD, type TestApplication } from '../support/application.js';
import { startHost } from '../support/host.js';
import { describeInBrowser, launchBrowser, Visit } from './browser.js';

/** Faults of Swagger UI that no option and no style can correct. */
const KNOWN_FAULTS = [
  'button-name <button type="button" class="close-modal">',
  'label <textarea class="body-param__text"',
  'select-name <select class=""',
];

describeInBrowser('Swagger UI at /docs', () => {
  let browser: Browser;
  let app: TestApplication;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  afterEach(() => app.close());

  const PREFIXES = { fastify: '', express: '/api/auth' } as const;
  for (const adapter of HTTP_ADAPTERS) {
    const prefix = PREFIXES[adapter];
    it(`sends requests as an authorized user, on ${adapter} with the ROUTE_PREFIX '${prefix}'`, async () => {
      // Differs from the address that the browser opens.
      const appUrl = 'https://auth.example';
      app = await startHost({ adapter, appUrl, variables: { ROUTE_PREFIX: prefix } });
      const { email, token } = await signedIn(app, prefix);
      const visit = await Visit.begin(browser, app.url, {});
      await visit.open(`${prefix}/docs`);
      const ui = new Ui(visit);
      await ui.ready();
      expect(await visit.page.title()).toBe('Acme');
      expect(await visit.page.textContent('h1')).toContain('Acme');

      visit.expects(401);
      expect(await ui.tryOut('showAccount')).toMatchObject({ status: '401', url: `${app.url}${prefix}/me` });
      visit.expects();
      await ui.authorize(token);
      const { status, body } = await ui.tryOut('showAccount');
      expect(status).toBe('200');
      expect(JSON.parse(body)).toMatchObject({ email, verified: false });
      await visit.end();
      expect(visit.complaints).toEqual([]);
    });
  }

  const SCREENS = [
    {
      name: 'a phone in the light',
      operations: ['showAccount', 'signUp'],
      colorScheme: 'light',
      viewport: { width: 320, height: 640 },
      isMobile: true,
    },
    {
      name: 'a desk in the dark',
      operations: ['changePassword', 'endAllSessions'],
      colorScheme: 'dark',
      viewport: { width: 1280, height: 800 },
    },
  ] as const;

  for (const { name, operations, ...screen } of SCREENS) {
    it(`has no faults but the known ones, and is not cut off, on ${name}`, async () => {
      app = await startHost();
      // The policy of the page would block the script of axe-core.
      const visit = await Visit.begin(browser, app.url, { ...screen, bypassCSP: true });
      visit.expects(401, 422);
      await visit.open('/docs');
      const ui = new Ui(visit);
      await ui.ready();
      await visit.page.click('.btn.authorize');
      await visit.check('authorization', KNOWN_FAULTS);
      await visit.page.click('.close-modal');
      for (const id of operations) await ui.tryOut(id);
      await visit.check('answers', KNOWN_FAULTS);
      await visit.end();
      expect(visit.complaints).toEqual([]);
    });
  }
});

/** The steps of a developer on the page. */
class Ui {
  constructor(private readonly visit: Visit) {}

  async ready(): Promise<void> {
    await this.visit.page.waitForSelector('.opblock');
  }

  async authorize(token: string): Promise<void> {
    const { page } = this.visit;
    await page.click('.btn.authorize');
    await page.locator('.auth-container input').first().fill(token);
    await page.keyboard.press('Enter');
    await page.locator('.auth-container').getByText('Authorized').waitFor();
    await page.locator('.btn-done').first().click();
  }

  async tryOut(id: string): Promise<{ status: string; url: string; body: string }> {
    const operation = this.operation(id);
    if ((await operation.locator('.execute').count()) === 0) {
      await operation.locator('.opblock-summary-control').click();
      await operation.locator('.try-out__btn').click();
    }
    const answered = this.visit.page.waitForResponse(
      (response) => response.request().resourceType() === 'fetch',
    );
    await operation.locator('.execute').click();
    const status = String((await answered).status());
    await operation
      .locator('.live-responses-table tbody .response-col_status', { hasText: status })
      .waitFor();
    return {
      status,
      url: (await operation.locator('.request-url pre').textContent()) ?? '',
      body:
        (await operation.locator('.live-responses-table .highlight-code code').first().textContent()) ?? '',
    };
  }

  private operation(id: string) {
    return this.visit.page.locator(`[id^="operations-"][id$="-${id}"]`);
  }
}

async function signedIn(app: TestApplication, prefix: string): Promise<{ email: string; token: string }> {
  const email = app.newEmail();
  const form = { email, password: PASSWORD, password_confirmation: PASSWORD };
  await app.anonymous.post(`${prefix}/sign_up`).send(form).expect(201);
  const { headers } = await app.anonymous
    .post(`${prefix}/sign_in`)
    .send({ email, password: PASSWORD })
    .expect(201);
  return { email, token: headers['x-session-token']! };
}
