import request from 'supertest';
import { AuthenticationModule, FEATURES } from '../../src/authentication/authentication.module.js';
import { HTTP_ADAPTERS } from '../../src/config/http-adapters.js';
import { PASSWORD, type TestApplication } from '../support/application.js';
import { startHost } from '../support/host.js';

const FRONT_END = 'https://app.example';
const OTHER = 'https://other.example';
const APPLICATIONS = ['capacitor://localhost', 'tauri://localhost', 'chrome-extension://abcdefghijklmnop'];
const FORM = { password: PASSWORD, password_confirmation: PASSWORD };

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  /** a header, if the page's script may read it */
  readonly header: (name: string) => string | null;
}

/** Sends preflights and hides answers as a browser does for a script of that origin. Null is a network error. */
class Browser {
  constructor(
    private readonly url: string,
    private readonly origin: string,
  ) {}

  async fetch(method: string, path: string, body?: object | string, token?: string): Promise<Answer | null> {
    const headers: Record<string, string> = { 'Content-Type': 'application/json' };
    if (token !== undefined) headers['X-Session-Token'] = token;
    if (!(await this.mayAsk(method, path, Object.keys(headers)))) return null;
    const answer = await request(this.url)
      [method.toLowerCase() as 'get'](path)
      .set({ ...headers, Origin: this.origin })
      .send(body);
    if (answer.headers['access-control-allow-origin'] !== this.origin) return null;
    const exposed = listOf(answer.headers['access-control-expose-headers']);
    return {
      status: answer.status,
      body: answer.body as Record<string, unknown>,
      header: (name) =>
        exposed.includes(name.toLowerCase()) ? (answer.headers[name.toLowerCase()] ?? null) : null,
    };
  }

  async mayAsk(method: string, path: string, headers: string[]): Promise<boolean> {
    const answer = await request(this.url)
      .options(path)
      .set({
        Origin: this.origin,
        'Access-Control-Request-Method': method,
        'Access-Control-Request-Headers': headers.join(',').toLowerCase(),
      });
    const allowed = listOf(answer.headers['access-control-allow-headers']);
    expect(answer.headers['cache-control']).toBe('no-store');
    return (
      answer.ok &&
      answer.headers['access-control-allow-origin'] === this.origin &&
      listOf(answer.headers['access-control-allow-methods']).includes(method.toLowerCase()) &&
      headers.every((header) => allowed.includes(header.toLowerCase()))
    );
  }
}

describe('CORS_ORIGINS', () => {
  for (const adapter of HTTP_ADAPTERS) {
    describe(`on ${adapter}`, () => {
      let app: TestApplication;
      let frontEnd: Browser;
      let other: Browser;

      beforeAll(async () => {
        app = await startHost({
          adapter,
          variables: {
            CORS_ORIGINS: `${FRONT_END}, https://second.example/, ${APPLICATIONS.join()}`,
            CORS_HEADERS: 'traceparent, Sentry-Trace',
          },
        });
        frontEnd = new Browser(app.url, FRONT_END);
        other = new Browser(app.url, OTHER);
      });
      afterAll(() => app.close());

      it('lets a front end sign a user up and in, renew the session and sign out', async () => {
        const email = app.newEmail();
        expect(await frontEnd.fetch('POST', '/sign_up', { email, ...FORM })).toMatchObject({ status: 201 });
        const signedIn = await frontEnd.fetch('POST', '/sign_in', { email, password: PASSWORD });
        const token = signedIn?.header('X-Session-Token') ?? '';
        expect(await frontEnd.fetch('GET', '/me', undefined, token)).toMatchObject({ body: { email } });
        const renewed = await frontEnd.fetch('POST', '/sessions/current/renewal', undefined, token);
        const next = renewed?.header('X-Session-Token') ?? '';
        expect(next).not.toBe(token);
        expect(await frontEnd.fetch('DELETE', '/sessions/current', undefined, next)).toMatchObject({
          status: 204,
        });
        expect(await frontEnd.fetch('GET', '/me', undefined, next)).toMatchObject({
          status: 401,
          body: { code: 'authentication_required' },
        });
      });

      it('lets a front end read every error, also errors from before any controller', async () => {
        const cases: [string, string, object | string, string][] = [
          ['POST', '/sign_up', {}, 'missing_parameters'],
          ['PUT', '/password', FORM, 'authentication_required'],
          ['POST', '/sign_in', '{"email', 'malformed_json'],
          ['POST', '/sign_in', JSON.stringify('x'.repeat(70_000)), 'payload_too_large'],
          ['DELETE', '/nowhere', {}, 'not_found'],
        ];
        for (const [method, path, body, code] of cases) {
          expect(await frontEnd.fetch(method, path, body)).toMatchObject({ body: { code } });
        }
      });

      it('lets a front end send the headers that the routes of all features read, and no others', async () => {
        const ofFeatures = FEATURES.flatMap(({ requestHeaders = [] }) => requestHeaders);
        const headers = ['Authorization', 'Content-Type', 'X-Session-Token', ...ofFeatures];
        expect(AuthenticationModule.requestHeaders()).toEqual(headers);
        expect(await frontEnd.mayAsk('POST', '/sign_in', headers)).toBe(true);
        expect(await frontEnd.mayAsk('POST', '/sign_in', ['X-Forwarded-For'])).toBe(false);
      });

      it('lets a front end read Retry-After', async () => {
        const narrow = await app.anonymous.get('/me').set('Origin', FRONT_END);
        expect(listOf(narrow.headers['access-control-expose-headers'])).toEqual(
          expect.arrayContaining(['x-session-token', 'retry-after', 'www-authenticate']),
        );
      });

      it('lets a front end send the headers of CORS_HEADERS too', async () => {
        expect(await frontEnd.mayAsk('GET', '/me', ['traceparent', 'sentry-trace', 'X-Session-Token'])).toBe(
          true,
        );
        expect(await frontEnd.mayAsk('GET', '/me', ['tracestate'])).toBe(false);
      });

      it('lets applications in by their exact origin', async () => {
        for (const origin of APPLICATIONS) {
          expect(await new Browser(app.url, origin).fetch('GET', '/me')).toMatchObject({ status: 401 });
        }
        for (const origin of [
          'capacitor://localhost:1',
          'capacitor://LOCALHOST',
          'ionic://localhost',
          'tauri://localhost.evil',
        ]) {
          expect(await new Browser(app.url, origin).fetch('GET', '/me')).toBeNull();
        }
      });

      it('accepts an origin with a trailing slash', async () => {
        const second = new Browser(app.url, 'https://second.example');
        expect(await second.fetch('GET', '/me')).toMatchObject({ status: 401 });
      });

      it('lets no other origin send requests or read answers', async () => {
        expect(await other.fetch('POST', '/sign_in', {})).toBeNull();
        for (const origin of [OTHER, 'null', `${FRONT_END}.evil.example`, 'http://app.example']) {
          const answer = await app.anonymous.get('/health/live').set('Origin', origin);
          expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
          expect(answer.headers['vary']).toMatch(/\borigin\b/i);
        }
      });

      it('leaves `Vary: Origin` on pages, which also depend on the language', async () => {
        const page = await app.anonymous.get('/identity/password_reset?token=none').set('Origin', FRONT_END);
        expect(listOf(page.headers['vary'])).toEqual(expect.arrayContaining(['origin', 'accept-language']));
      });

      it('does not allow credentials', async () => {
        const answer = await app.anonymous.get('/me').set('Origin', FRONT_END);
        expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
      });
    });
  }

  it('allows no origin when unset', async () => {
    const app = await startHost();
    const answer = await app.anonymous.get('/health/live').set('Origin', FRONT_END);
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    expect(await new Browser(app.url, FRONT_END).fetch('GET', '/me')).toBeNull();
    await app.close();
  });
});

function listOf(header = ''): string[] {
  return header
    .toLowerCase()
    .split(',')
    .map((item) => item.trim());
}
