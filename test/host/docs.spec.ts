import { createHash } from 'node:crypto';
import type { OpenAPIObject } from '@nestjs/swagger';
import { HTTP_ADAPTERS } from '../../src/config/http-adapters.js';
import type { TestApplication } from '../support/application.js';
import { startHost } from '../support/host.js';

const PREFIX = '/api/auth';
const NAME = 'Acme & Söhne</title><script>';
const TYPES: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  png: 'image/png',
};
/** Routes that `SwaggerModule.setup` would add, and files of swagger-ui-dist that the page does not need. */
const NOT_SERVED = [
  '/docs/',
  '/docs-json',
  '/docs-yaml',
  '/openapi.yaml',
  '/docs/index.html',
  '/docs/LICENSE',
  '/docs/docs/swagger-ui-init.js',
  '/docs/swagger-ui-bundle.js.map',
  '/docs/package.json',
  '/docs/..%2Fpackage.json',
  '/docs/constructor',
  '/docs/__proto__',
];

for (const adapter of HTTP_ADAPTERS) {
  for (const prefix of ['', PREFIX]) {
    describe(`/docs on ${adapter}${prefix === '' ? '' : ' with ROUTE_PREFIX'}`, () => {
      let app: TestApplication;
      let page: string;
      let headers: Record<string, string>;

      beforeAll(async () => {
        app = await startHost({ adapter, variables: { APP_NAME: NAME, ROUTE_PREFIX: prefix } });
        ({ text: page, headers } = await app.anonymous.get(`${prefix}/docs`).expect(200));
      });
      afterAll(() => app.close());

      it('has the name of the application as its title, and a viewport for phones', () => {
        expect(page).toContain('<title>Acme &amp; Söhne&lt;/title&gt;&lt;script&gt;</title>');
        expect(page).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
        expect(page).toContain('<meta name="robots" content="noindex">');
      });

      it('has a policy that allows only scripts, styles and requests of its own origin', () => {
        const inline = [...page.matchAll(/<style>([^]*?)<\/style>/g)].map(([, style = '']) => style);
        const attributes = [...page.matchAll(/ style="([^"]*)"/g)].map(([, style = '']) => style);
        expect([inline.length, attributes.length]).toEqual([2, 1]);
        const digests = [inline[0]!, attributes[0]!, inline[1]!].map(
          (style) => `'sha256-${createHash('sha256').update(style).digest('base64')}'`,
        );
        expect(shared(headers)).toEqual({
          'content-type': 'text/html; charset=utf-8',
          'cache-control': 'no-store',
          'content-security-policy':
            `default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-hashes' ${digests.join(' ')}; ` +
            "img-src 'self' data:; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
          'referrer-policy': 'strict-origin',
          'x-content-type-options': 'nosniff',
        });
        expect(page).not.toMatch(/<script>|\son\w+=/);
      });

      it('loads only files that this server has', async () => {
        const names = [...page.matchAll(/ (?:src|href)="([^"]*)"/g)].map(([, name = '']) => name);
        expect(names).toHaveLength(6);
        for (const name of names) {
          const { pathname, origin } = new URL(name, `${app.url}${prefix}/docs`);
          expect(origin).toBe(app.url);
          const answer = await app.anonymous.get(pathname).buffer(true).expect(200);
          expect(shared(answer.headers as Record<string, string>)).toEqual({
            'content-type': TYPES[pathname.split('.').at(-1)!],
            'cache-control': 'no-store',
            'x-content-type-options': 'nosniff',
          });
          expect(Number(answer.headers['content-length'])).toBeGreaterThan(500);
          if (prefix !== '') await app.anonymous.get(pathname.slice(prefix.length)).expect(404);
        }
      });

      it('serves no other files and no further documents', async () => {
        for (const path of NOT_SERVED) {
          const { status, body } = await app.anonymous.get(`${prefix}${path}`);
          expect({ path, status, body: body as object }).toMatchObject({
            path,
            status: 404,
            body: { code: 'not_found' },
          });
        }
      });

      it('shows the document of /openapi.json, with a server relative to the page', async () => {
        const { body: document } = await app.anonymous.get(`${prefix}/openapi.json`).expect(200);
        const { text: script } = await app.anonymous.get(`${prefix}/docs/swagger-ui-init.js`).expect(200);
        const [, json = ''] = /"swaggerDoc": (\{[^]*\n {2}\}),\n {2}"customOptions"/.exec(script) ?? [];
        const { servers, info, ...shown } = JSON.parse(json) as OpenAPIObject;
        const { servers: absolute, info: described, ...rest } = document as OpenAPIObject;
        expect(shown).toEqual(rest);
        expect(servers).toEqual([{ url: './' }]);
        expect(absolute).toEqual([{ url: `${app.url}${prefix}` }]);
        expect(info).toEqual({
          ...described,
          description: `${described.description ?? ''}\n\nThe OpenAPI document, for client generators: [openapi.json](openapi.json)`,
        });
      });

      it('does not change the policy of other pages', async () => {
        const { headers: others } = await app.anonymous.get(`${prefix}/dev/mailbox`).expect(200);
        expect(others['content-security-policy']).not.toMatch(/script-src|connect-src|unsafe/);
      });
    });
  }
}

/** Without the headers of the connection. */
function shared(headers: Record<string, string>): Record<string, string> {
  const ofConnection = ['date', 'connection', 'keep-alive', 'content-length'];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofConnection.includes(name)));
}
