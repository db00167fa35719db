import { existsSync, readFileSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];
const AXE = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');

/** Like `describe`, but skipped with a message if Chromium is not installed. */
export function describeInBrowser(name: string, specs: () => void): void {
  if (existsSync(CHROMIUM)) describe(name, specs);
  else describe.skip(`${name} (${CHROMIUM} is not installed: set CHROMIUM_PATH)`, specs);
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
}

/** Opens pages and collects errors of the browser and requests to other origins. */
export class Visit {
  readonly complaints: string[] = [];
  private expected: readonly number[] = [];

  private constructor(
    private readonly context: BrowserContext,
    readonly page: Page,
    private readonly url: string,
  ) {
    page.on('console', (message) => {
      // The browser logs every answer with a status of 400 or more.
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

  /** Asserts that axe-core finds only the `known` faults, and that the page is not wider than the screen. */
  async check(name: string, known: readonly string[] = []): Promise<void> {
    await this.page.evaluate(AXE);
    const faults = await this.page.evaluate(
      "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] }).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ' ' + html)))",
    );
    const overflow = await this.page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    const unknown = (faults as string[]).filter((fault) => !known.some((start) => fault.startsWith(start)));
    expect({ name, faults: unknown, overflow }).toEqual({ name, faults: [], overflow: 0 });
  }

  async end(): Promise<void> {
    await this.context.close();
  }
}
