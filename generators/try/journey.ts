import { randomBytes } from 'node:crypto';
import type { MailSink } from './mail-sink.js';

const MAIL_WITHIN_MS = 15_000;
const PROBLEM = 'application/problem+json';
/** Where routes usually are. */
const PLACES = ['', '/api', '/v1', '/api/v1', '/v1/api'];

/** An answer that is not as it should be: what was found, and what to do. */
export class Surprise extends Error {}

/** Signs up, opens the mailed link and signs in. @throws Surprise */
export async function journey(api: string, sink: MailSink): Promise<void> {
  const email = `try.${randomBytes(6).toString('hex')}@example.com`;
  // Random, so that no list of known passwords has it.
  const password = randomBytes(18).toString('base64url');
  const signUp = await post(`${api}/sign_up`, { email, password, password_confirmation: password });
  await expectAnswer('sign-up (POST /sign_up)', signUp, [201, 202], 'email', api);
  const link = await mailedLink(sink, email);
  const page = await ask(link);
  await expectPage(page, link, api);
  const signIn = await post(`${api}/sign_in`, { email, password });
  await expectAnswer('sign-in (POST /sign_in)', signIn, [201], 'id', api);
  if (signIn.headers.get('x-session-token') === null)
    throw new Surprise('Sign-in answers without the header X-Session-Token: something of yours removes it.');
}

async function expectAnswer(
  what: string,
  response: Response,
  statuses: readonly number[],
  member: string,
  api: string,
): Promise<void> {
  const text = await response.text();
  const { status } = response;
  if (!statuses.includes(status)) throw await refusal(what, status, text, api);
  const body = objectOf(text);
  if (body !== null && member in body) return;
  const wrapper = Object.keys(body ?? {}).join(', ');
  throw new Surprise(
    `The answer to ${what} is changed by something of yours: it has ${wrapper === '' ? 'no object' : `{ ${wrapper} }`}. Leave out our routes there: if (isAuthenticationRoute(context)) return next.handle(); from http/routes/route-decorators.`,
  );
}

async function refusal(what: string, status: number, text: string, api: string): Promise<Surprise> {
  if (status === 404) return new Surprise(await moved(what, api));
  if (status === 401 || (status === 403 && !/csrf/i.test(text))) {
    return new Surprise(
      `${what} is answered ${status}: a guard of yours closes our routes. Mark them: forRoot({ routeDecorators: [Public()] }) with the decorator that your guard looks for; or write into its canActivate: if (isAuthenticationRoute(context)) return true;`,
    );
  }
  if (status === 403)
    return new Surprise(
      `${what} is answered 403: your check of CSRF tokens refuses it. Leave out our routes there.`,
    );
  return new Surprise(`${what} is answered ${status}: ${text.slice(0, 300)}`);
}

/** Where our routes are instead. */
async function moved(what: string, api: string): Promise<string> {
  const { origin, pathname } = new URL(api);
  const expected = pathname.replace(/\/$/, '');
  for (const place of new Set([...PLACES, ...PLACES.map((each) => `${each}${expected}`)])) {
    const response = await ask(`${origin}${place}/me`);
    if (place !== expected && response.headers.get('content-type')?.startsWith(PROBLEM) === true)
      return `Our routes are at ${place === '' ? '/' : place}, not at ${expected === '' ? '/' : expected}. Set APP_URL to the address with ${place === '' ? 'no prefix' : place}, or run add --global-prefix ${place === '' ? 'none' : place.slice(1)}: mailed links start with it.`;
  }
  return `${what} is answered 404, and our routes were found nowhere else. Is AuthenticationModule in the imports of your root module?`;
}

async function mailedLink(sink: MailSink, email: string): Promise<string> {
  for (const deadline = Date.now() + MAIL_WITHIN_MS; Date.now() < deadline;) {
    const link = sink.linkTo(email);
    if (link !== null) return link;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Surprise(
    'Sign-up answers, but no mail came through SMTP_URL. Does your forRoot() pass other settings, or a mail transport of yours?',
  );
}

async function expectPage(response: Response, link: string, api: string): Promise<void> {
  const text = await response.text();
  const at = link.replace(/\?.*/, '');
  if (response.status === 404)
    throw new Surprise(
      `The mailed link (${at}) is answered 404, but our routes are at ${api}. Check APP_URL.`,
    );
  if (response.status !== 200) throw new Surprise(`The mailed link (${at}) is answered ${response.status}.`);
  if (!text.trimStart().toLowerCase().startsWith('<!doctype html'))
    throw new Surprise(
      `The page behind the mailed link (${at}) is changed by something of yours: it is no HTML.`,
    );
}

function post(url: string, body: object): Promise<Response> {
  return ask(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function ask(url: string, options: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(20_000), ...options });
  } catch {
    throw new Surprise(`${url.replace(/\?.*/, '')} is not answered.`);
  }
}

function objectOf(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
