import { HTTP_ADAPTERS } from '../../src/config/http-adapters.js';
import { PASSWORD, type TestApplication } from '../support/application.js';
import { startHost } from '../support/host.js';
import { RESET_MAIL, VERIFICATION_MAIL } from '../support/texts.js';
import { rawBytes, rawRequest, type RawAnswer } from './raw-request.js';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const FORM_TYPE = { 'Content-Type': 'application/x-www-form-urlencoded' };
const CREDENTIALS = JSON.stringify({ email: 'nobody@example.com', password: PASSWORD });
const CHUNKED = { ...JSON_TYPE, 'Transfer-Encoding': 'chunked' };

const chunked = (body: string): string => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
const FILLERS = Array.from({ length: 2000 }, () => 'b:');
const nested = (open: string, close: string, depth: number): string =>
  `${open.repeat(depth)}1${close.repeat(depth)}`;

/** Types that are none, as latin-1. */
const ODD_TYPES = ['', ';', ';;;', 'a', 'application/', '/json', 'a b', '\xff', 'a,b'].map(
  (type) => [type === '' ? 'an empty type' : `the type ${type}`, type] as const,
);
const oddPost = (path: string, type: string, body: string): Buffer =>
  Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: ${type}\r\n` +
      `Transfer-Encoding: chunked\r\n\r\n${body}`,
    'latin1',
  );

type Send = (url: string, token: string) => Promise<RawAnswer>;

const sendsLines =
  (line: string, lines: readonly string[]): Send =>
  (url, token) => {
    const { host } = new URL(url);
    const more = lines
      .map((header) => `${header.replace('TOKEN', token).replace('HOST', host)}\r\n`)
      .join('');
    return rawBytes(url, `${line} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${more}\r\n`);
  };

const signIn =
  (body: string | Buffer, headers: Record<string, string> = JSON_TYPE, path = '/sign_in'): Send =>
  (url) =>
    rawRequest(url, `POST ${path}`, { headers, body });

const typed = (type: string): Send => signIn(CREDENTIALS, { 'Content-Type': type });

const signedIn =
  (line: string, headers: Record<string, string> = {}): Send =>
  (url, token) =>
    rawRequest(url, line, { headers: { 'X-Session-Token': token, ...headers } });

/** Requests, each with the status and the code of the problem that both adapters must answer. */
type Row = [string, Send, number, string?];

const ROWS: readonly Row[] = [
  ['malformed JSON', signIn('{"password":"hunter2'), 400, 'malformed_json'],
  [
    'JSON that is no UTF-8',
    signIn(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])),
    400,
    'malformed_json',
  ],
  ['white space for a body', signIn('   '), 400, 'malformed_json'],
  ['malformed JSON for a path that is not there', signIn('{', JSON_TYPE, '/nowhere'), 400, 'malformed_json'],

  ['a body of 64 KiB', signIn(`{"email":"${'x'.repeat(64 * 1024 - 12)}"}`), 422, 'missing_parameters'],
  ['a body over 64 KiB', signIn(`{"email":"${'x'.repeat(64 * 1024)}"}`), 413, 'payload_too_large'],
  ['a chunked body over 64 KiB', signIn(chunked(' '.repeat(66_000)), CHUNKED), 413, 'payload_too_large'],
  ['JSON of 40,000 levels', signIn(nested('[', ']', 40_000)), 413, 'payload_too_large'],
  ['JSON of 30,000 levels', signIn(nested('[', ']', 30_000)), 422, 'wrong_parameters'],
  [
    'a field of 30,000 levels',
    signIn(`{"password":"${PASSWORD}","email":${nested('[', ']', 30_000)}}`),
    422,
    'wrong_parameters',
  ],
  [
    'a field of 10,000 objects',
    signIn(`{"password":"${PASSWORD}","email":${nested('{"a":', '}', 10_000)}}`),
    422,
    'wrong_parameters',
  ],

  ['text/plain', typed('text/plain'), 415, 'unsupported_media_type'],
  ['XML', typed('application/xml'), 415, 'unsupported_media_type'],
  ['a multipart form', typed('multipart/form-data; boundary=x'), 415, 'unsupported_media_type'],
  ['a type that only begins as JSON', typed('application/jsonx'), 415, 'unsupported_media_type'],
  ['another JSON type', typed('application/vnd.api+json'), 415, 'unsupported_media_type'],
  ['two types', typed('application/json, text/plain'), 415, 'unsupported_media_type'],
  ['a type that is none', typed('nonsense'), 415, 'unsupported_media_type'],
  ['a body without a type', signIn(CREDENTIALS, {}), 415, 'unsupported_media_type'],
  [
    'a compressed body',
    signIn(CREDENTIALS, { ...JSON_TYPE, 'Content-Encoding': 'gzip' }),
    415,
    'unsupported_media_type',
  ],
  [
    'a form outside our pages',
    signIn('email=a%40b.example&password=x', FORM_TYPE),
    415,
    'unsupported_media_type',
  ],
  [
    'a body of GET that is no JSON',
    signedIn('GET /me', { 'Content-Type': 'text/plain', 'Content-Length': '0' }),
    200,
  ],
  [
    'JSON where our page posts a form',
    signIn('{"token":"x"}', JSON_TYPE, '/identity/password_reset/completion'),
    415,
    'unsupported_media_type',
  ],

  ['JSON in capitals', typed('APPLICATION/JSON'), 401, 'invalid_credentials'],
  ['a charset', typed('application/json; charset=utf-8'), 401, 'invalid_credentials'],
  ['a quoted charset', typed('application/json;charset="UTF-8"'), 401, 'invalid_credentials'],
  [
    'another charset, which JSON does not have',
    typed('application/json; charset=latin1'),
    401,
    'invalid_credentials',
  ],
  ['a byte order mark', signIn(`\ufeff${CREDENTIALS}`), 401, 'invalid_credentials'],
  ['a chunked body', signIn(chunked(CREDENTIALS), CHUNKED), 401, 'invalid_credentials'],
  [
    'Expect: 100-continue',
    signIn(CREDENTIALS, { ...JSON_TYPE, Expect: '100-continue' }),
    401,
    'invalid_credentials',
  ],
  ['another expectation', signIn(CREDENTIALS, { ...JSON_TYPE, Expect: 'miracles' }), 417],
  [
    'a key given twice: the last wins',
    signIn(`{"email":1,"email":"nobody@example.com","password":"${PASSWORD}"}`),
    401,
    'invalid_credentials',
  ],

  ['an empty body', signIn(''), 422, 'missing_parameters'],
  ['an empty chunked body', signIn('0\r\n\r\n', CHUNKED), 422, 'missing_parameters'],
  ['no body and no type', signIn('', {}), 422, 'missing_parameters'],
  [
    'an empty chunked body of another type',
    signIn('0\r\n\r\n', { 'Content-Type': 'text/plain', 'Transfer-Encoding': 'chunked' }),
    422,
    'missing_parameters',
  ],
  [
    'an empty chunked body without a type',
    signIn('0\r\n\r\n', { 'Transfer-Encoding': 'chunked' }),
    422,
    'missing_parameters',
  ],
  ...ODD_TYPES.map(([name, type]): Row => [
    `an empty chunked body of ${name}`,
    (url) => rawBytes(url, oddPost('/sign_in', type, '0\r\n\r\n')),
    422,
    'missing_parameters',
  ]),
  ...ODD_TYPES.map(([name, type]): Row => [
    `a chunked body of ${name}`,
    (url) => rawBytes(url, oddPost('/sign_in', type, chunked(CREDENTIALS))),
    415,
    'unsupported_media_type',
  ]),
  ...ODD_TYPES.slice(0, 2).map(([name, type]): Row => [
    `a body of ${name} for a path that is not there`,
    (url) => rawBytes(url, oddPost('/nowhere', type, chunked('x'))),
    404,
    'not_found',
  ]),
  [
    'an empty body that is compressed',
    signIn('', { ...JSON_TYPE, 'Content-Encoding': 'gzip', 'Content-Length': '0' }),
    422,
    'missing_parameters',
  ],
  [
    'an empty chunked body that is compressed',
    signIn('0\r\n\r\n', { ...CHUNKED, 'Content-Encoding': 'gzip' }),
    422,
    'missing_parameters',
  ],
  [
    'a chunked body that is compressed',
    signIn(chunked(CREDENTIALS), { ...CHUNKED, 'Content-Encoding': 'gzip' }),
    415,
    'unsupported_media_type',
  ],
  [
    'a chunked body of another type',
    signIn(chunked(CREDENTIALS), { 'Content-Type': 'text/plain', 'Transfer-Encoding': 'chunked' }),
    415,
    'unsupported_media_type',
  ],
  [
    'a chunked body without a type',
    signIn(chunked(CREDENTIALS), { 'Transfer-Encoding': 'chunked' }),
    415,
    'unsupported_media_type',
  ],
  [
    'a GET with an empty chunked body',
    (url, token) =>
      rawRequest(url, 'GET /me', {
        headers: { 'X-Session-Token': token, 'Transfer-Encoding': 'chunked' },
        body: '0\r\n\r\n',
      }),
    200,
  ],
  [
    'a GET with a chunked body of another type',
    (url, token) =>
      rawRequest(url, 'GET /me', {
        headers: { 'X-Session-Token': token, 'Transfer-Encoding': 'chunked' },
        body: chunked('text'),
      }),
    415,
    'unsupported_media_type',
  ],
  [
    'an empty chunked form of our pages',
    signIn('0\r\n\r\n', { 'Transfer-Encoding': 'chunked' }, '/identity/password_reset/completion'),
    400,
  ],
  [
    'no body of another type',
    signIn('', { 'Content-Type': 'text/plain', 'Content-Length': '0' }),
    422,
    'missing_parameters',
  ],
  ['an array', signIn('[]'), 422, 'wrong_parameters'],
  ['null', signIn('null'), 422, 'wrong_parameters'],
  ['a number', signIn('1'), 422, 'wrong_parameters'],
  ['a text', signIn('"x"'), 422, 'wrong_parameters'],
  ['fields of other types', signIn('{"email":{"a":1},"password":["x"]}'), 422, 'wrong_parameters'],
  ['a NUL', signIn('{"email":"a\\u0000@b.example","password":"x"}'), 422, 'wrong_parameters'],
  ['a lone surrogate', signIn('{"email":"a@b.example","password":"\\ud800"}'), 422, 'wrong_parameters'],
  ['fields behind __proto__', signIn(`{"__proto__":${CREDENTIALS}}`), 422, 'missing_parameters'],
  ['__proto__', signIn(CREDENTIALS.replace('{', '{"__proto__":{"x":1},')), 422, 'wrong_parameters'],
  [
    'constructor',
    signIn(CREDENTIALS.replace('{', '{"constructor":{"prototype":{}},')),
    422,
    'wrong_parameters',
  ],

  ['a path that is not there', signedIn('GET /nowhere'), 404, 'not_found'],
  ['the root', signedIn('GET /'), 404, 'not_found'],
  ['a body for a path that is not there', signIn(CREDENTIALS, JSON_TYPE, '/nowhere'), 404, 'not_found'],
  [
    'text for a path that is not there',
    signIn('x', { 'Content-Type': 'text/plain' }, '/nowhere'),
    404,
    'not_found',
  ],
  ['//sign_in (GHSA-x732-6j76-qmhm)', signIn(CREDENTIALS, JSON_TYPE, '//sign_in'), 404, 'not_found'],
  ['/sign_in/', signIn(CREDENTIALS, JSON_TYPE, '/sign_in/'), 404, 'not_found'],
  ['/SIGN_IN', signIn(CREDENTIALS, JSON_TYPE, '/SIGN_IN'), 404, 'not_found'],
  ['/%2Fsign_in', signIn(CREDENTIALS, JSON_TYPE, '/%2Fsign_in'), 404, 'not_found'],
  ['/sign_in;x', signIn(CREDENTIALS, JSON_TYPE, '/sign_in;x'), 404, 'not_found'],
  ['/x/../sign_in', signIn(CREDENTIALS, JSON_TYPE, '/x/../sign_in'), 404, 'not_found'],
  ['/%zz', signedIn('GET /%zz'), 404, 'not_found'],
  ['/sessions/%zz', signedIn('GET /sessions/%zz'), 404, 'not_found'],
  ['a malformed query', signedIn('GET /me?x=%zz'), 200],
  ['an id that is none', signedIn('GET /sessions/abc'), 404, 'not_found'],
  ['an id beyond every number', signedIn(`GET /sessions/${'9'.repeat(200)}`), 404, 'not_found'],
  ['a path of 10,000 characters', signedIn(`GET /${'x'.repeat(10_000)}`), 404, 'not_found'],

  ['another method', signedIn('GET /sign_in'), 404, 'not_found'],
  ['TRACE', signedIn('TRACE /me'), 404, 'not_found'],
  ['OPTIONS', signedIn('OPTIONS /me'), 404, 'not_found'],
  ['OPTIONS *', signedIn('OPTIONS *'), 404, 'not_found'],
  ['PATCH', signedIn('PATCH /me'), 404, 'not_found'],
  ['PROPFIND', signedIn('PROPFIND /me'), 404, 'not_found'],
  ['HEAD', signedIn('HEAD /me'), 200],
  ['HEAD where there is no GET', signedIn('HEAD /sign_in'), 404],
  ['two different tokens', signedIn('GET /me', { Authorization: 'Bearer other' }), 400, 'wrong_parameters'],
  ...[
    ['two different tokens in one line', 'Authorization: Bearer TOKEN, Bearer other'],
    ['two different tokens in one list', 'X-Session-Token: TOKEN, other'],
    ['two different tokens in two lines', 'Authorization: Bearer TOKEN', 'Authorization: Bearer other'],
    [
      'two different tokens in two lines, the right one last',
      'authorization: Bearer other',
      'AUTHORIZATION: Bearer TOKEN',
    ],
    [
      'two different tokens in two lines of another header',
      'X-Session-Token: TOKEN',
      'X-Session-Token: other',
    ],
    ['two hosts', 'Host: x', 'X-Session-Token: TOKEN'],
    ['two hosts that are the same', 'Host: HOST', 'X-Session-Token: TOKEN'],
  ].map(([name = '', ...lines]): Row => [name, sendsLines('GET /me', lines), 400, 'wrong_parameters']),
  [
    'two hosts for a path that is not there',
    sendsLines('GET /nowhere', ['Host: x']),
    400,
    'wrong_parameters',
  ],
  ['two hosts for health', sendsLines('GET /health/live', ['Host: x']), 400, 'wrong_parameters'],
  [
    'a thousand header lines',
    sendsLines('GET /me', [...FILLERS.slice(0, 1000), 'X-Session-Token: TOKEN']),
    400,
    'wrong_parameters',
  ],
  [
    'two hosts, the other behind more lines than Node keeps by default',
    sendsLines('GET /health/live', [...FILLERS, 'Host: x']),
    400,
    'wrong_parameters',
  ],
  ['some hundreds of header lines', sendsLines('GET /health/live', FILLERS.slice(0, 900)), 200],
  [
    'two lines with the same token',
    sendsLines('GET /me', ['Authorization: Bearer TOKEN', 'Authorization: Bearer TOKEN']),
    200,
  ],
  [
    'a token beside another scheme',
    sendsLines('GET /me', ['Authorization: Basic YTpi', 'Authorization: Bearer TOKEN']),
    200,
  ],
  ['an unknown method', signedIn('FOO /me'), 400],
  ['headers of 20,000 characters', signedIn('GET /me', { 'X-Big': 'x'.repeat(20_000) }), 431],
  ['no HTTP', (url) => rawBytes(url, 'garbage\r\n\r\n'), 400],
  [
    'two lengths',
    (url) =>
      rawBytes(url, 'POST /sign_in HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}'),
    400,
  ],
  [
    'a length and chunks',
    (url) =>
      rawBytes(
        url,
        'POST /sign_in HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      ),
    400,
  ],
  ['health', signedIn('GET /health/live'), 200],
  ['readiness', signedIn('GET /health/ready'), 200],
];

/** Node answers these itself: they do not reach the server's code. */
const NOT_OURS = new Set([
  'an unknown method',
  'no HTTP',
  'two lengths',
  'a length and chunks',
  'another expectation',
  'headers of 20,000 characters',
]);

interface Seen {
  readonly answers: ReadonlyMap<string, RawAnswer>;
  readonly journey: readonly RawAnswer[];
  readonly survives: boolean;
  readonly timeouts: readonly number[];
  readonly maxHeadersCount: number | null;
}

describe('the wire', () => {
  const seen = new Map<string, Seen>();

  beforeAll(async () => {
    for (const adapter of HTTP_ADAPTERS) {
      const app = await startHost({ adapter, appUrl: 'http://app.test' });
      seen.set(adapter, await observe(app));
      await app.close();
    }
  });

  for (const adapter of HTTP_ADAPTERS) {
    describe(`on ${adapter}`, () => {
      for (const [name, , status, code] of ROWS) {
        it(`answers ${status}${code === undefined ? '' : ` ${code}`}: ${name}`, () => {
          const { status: got, body, headers } = answerOf(adapter, name);
          expect({ status: got, body }).toMatchObject({ status });
          if (code === undefined) return;
          expect(JSON.parse(body)).toMatchObject({ status, code });
          expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
        });
      }

      it('sends Cache-Control: no-store with every answer', () => {
        const ours = [...(seen.get(adapter)?.answers ?? [])].filter(([name]) => !NOT_OURS.has(name));
        expect(ours.filter(([, { headers }]) => headers['cache-control'] !== 'no-store')).toEqual([]);
        const journey = seen.get(adapter)?.journey ?? [];
        expect(journey.filter(({ headers }) => headers['cache-control'] !== 'no-store')).toEqual([]);
      });

      it('sends no header that names a framework, and no ETag', () => {
        const all = [...(seen.get(adapter)?.answers.values() ?? [])];
        const names = new Set(all.flatMap(({ headers }) => Object.keys(headers)));
        for (const name of ['x-powered-by', 'server', 'etag']) expect(names).not.toContain(name);
      });

      it('repeats no input', () => {
        expect(answerOf(adapter, 'malformed JSON').body).not.toContain('hunter2');
        expect(answerOf(adapter, '/%zz').body).not.toContain('%zz');
      });

      it('ignores headers and fields that override the method, and changes nothing by HEAD or GET', () => {
        expect(seen.get(adapter)?.survives).toBe(true);
      });

      it('drops no header lines', () => {
        expect(seen.get(adapter)?.maxHeadersCount).toBe(0);
      });

      it('has time-outs for clients that do not finish', () => {
        for (const milliseconds of seen.get(adapter)?.timeouts ?? [0]) {
          expect(milliseconds).toBeGreaterThan(0);
          expect(milliseconds).toBeLessThanOrEqual(120_000);
        }
      });
    });
  }

  it('gets the same answers on every adapter, byte for byte', () => {
    const [first, ...others] = HTTP_ADAPTERS.map((adapter) => seen.get(adapter));
    for (const other of others) {
      for (const [name, answer] of first?.answers ?? []) {
        expect({ name, ...comparable(other?.answers.get(name)) }).toEqual({ name, ...comparable(answer) });
      }
      expect(other?.journey.map(comparable)).toEqual(first?.journey.map(comparable));
    }
    expect(first?.journey.map(({ status }) => status)).toEqual(JOURNEY_STATUSES);
  });

  function answerOf(adapter: string, name: string): RawAnswer {
    const answer = seen.get(adapter)?.answers.get(name);
    if (answer === undefined) throw new Error(`${name} was not sent to ${adapter}`);
    return answer;
  }
});

async function observe(app: TestApplication): Promise<Seen> {
  const { token } = await app.person();
  const answers = new Map<string, RawAnswer>();
  for (const [name, send] of ROWS) answers.set(name, await send(app.url, token));
  const { requestTimeout, headersTimeout, keepAliveTimeout, maxHeadersCount } = app.nest.getHttpServer();
  return {
    answers,
    journey: await journey(app),
    survives: await survives(app),
    timeouts: [requestTimeout, headersTimeout, keepAliveTimeout],
    maxHeadersCount,
  };
}

/** Whether a session and a link are still valid after requests that only seem to end or use them. */
async function survives(app: TestApplication): Promise<boolean> {
  const { token, email } = await app.person();
  const overrides = {
    'X-HTTP-Method-Override': 'DELETE',
    'X-HTTP-Method': 'DELETE',
    'X-Method-Override': 'DELETE',
  };
  for (const line of [
    'GET /sessions/current?_method=DELETE',
    'POST /sessions/current?_method=DELETE',
    'POST /me',
  ]) {
    await rawRequest(app.url, line, {
      headers: { 'X-Session-Token': token, ...overrides, ...JSON_TYPE },
      body: '{}',
    });
  }
  const link = await app.mailbox.linkTo(email);
  for (const method of ['HEAD', 'GET']) {
    await rawRequest(app.url, `${method} ${link.pathname}${link.search}`, { headers: { Accept: '*/*' } });
  }
  await rawRequest(app.url, `HEAD ${link.pathname}${link.search}`, {
    headers: { ...JSON_TYPE, Accept: 'application/json' },
  });
  const { body } = await app.as(token).get('/me').expect(200);
  await app.anonymous
    .put('/identity/email_verification')
    .send({ email, token: link.searchParams.get('token') })
    .expect(204);
  return !(body as { verified: boolean }).verified;
}

const JOURNEY_STATUSES = [
  201, 422, 201, 401, 200, 200, 200, 200, 404, 201, 422, 200, 422, 200, 200, 204, 400, 204, 400, 200, 204,
  204, 400, 400, 422, 200, 201, 204, 204, 401, 201, 204, 401, 201, 422, 204,
];

/** The life of an account through every endpoint of the contract. At the end the account is deleted. */
async function journey(app: TestApplication): Promise<RawAnswer[]> {
  const email = 'traveller@example.com';
  const seen: RawAnswer[] = [];
  let token = '';
  const send = async (
    line: string,
    fields?: object,
    headers: Record<string, string> = {},
  ): Promise<RawAnswer> => {
    const answer = await rawRequest(app.url, line, {
      headers: {
        ...(token === '' ? {} : { 'X-Session-Token': token }),
        ...(fields ? JSON_TYPE : {}),
        ...headers,
      },
      body: fields === undefined ? '' : JSON.stringify(fields),
    });
    seen.push(answer);
    token = answer.headers['x-session-token'] ?? token;
    return answer;
  };
  const chosen = (password: string) => ({ password, password_confirmation: password });
  const next = 'another horse, another battery';

  await send('POST /sign_up', { email, ...chosen(PASSWORD) });
  await send('POST /sign_up', { email, ...chosen(PASSWORD) });
  await send('POST /sign_in', { email, password: PASSWORD });
  await send('POST /sign_in', { email, password: 'wrong' }, { 'X-Session-Token': '' });
  await send('GET /me');
  await send('GET /sessions');
  const { body } = await send('GET /sessions/current');
  await send(`GET /sessions/${(JSON.parse(body) as { id: number }).id}`);
  await send('GET /sessions/999999999');
  await send('POST /sessions/current/renewal');
  await send('PUT /password', { current_password: 'wrong', ...chosen(next) });
  await send('PUT /password', { current_password: PASSWORD, ...chosen(next) });
  await send('PUT /identity/email', { current_password: next, email: 'none' });
  await send('PUT /identity/email', { current_password: next, email: 'moving@example.com' });
  await send('DELETE /identity/email');
  await send('POST /identity/email_verification');
  await send('PUT /identity/email_verification', { email, token: 'made-up' });
  await send('PUT /identity/email_verification', {
    email,
    token: await app.mailbox.tokenTo(email, VERIFICATION_MAIL),
  });
  await send('GET /identity/email_verification?email=a&token=b');
  await send('GET /me');
  await send('POST /identity/password_reset', { email });
  const reset = await app.mailbox.tokenTo(email, RESET_MAIL);
  await send(`GET /identity/password_reset?token=${reset}`, undefined, { Accept: 'application/json' });
  await send('GET /identity/password_reset?token=x', undefined, { Accept: 'application/json' });
  await send('GET /identity/password_reset?token=x');
  await send('PUT /identity/password_reset', { token: reset, ...chosen('short') });
  await send('PUT /identity/password_reset', { token: reset, ...chosen(PASSWORD) });
  await send('POST /sign_in', { email, password: PASSWORD });
  await send('DELETE /sessions/others');
  await send('DELETE /sessions/current');
  await send('GET /me');
  await send('POST /sign_in', { email, password: PASSWORD });
  await send('DELETE /sessions');
  await send('GET /me');
  await send('POST /sign_in', { email, password: PASSWORD });
  await send('DELETE /me', { current_password: 'wrong' });
  await send('DELETE /me', { current_password: PASSWORD });
  return seen;
}

/** Without what differs between two runs: ids, times and tokens. */
function comparable(answer: RawAnswer | undefined): RawAnswer | undefined {
  if (answer === undefined) return undefined;
  const { 'x-session-token': token, 'content-length': length, ...headers } = answer.headers;
  const body = answer.body
    .replace(/"(id|user_id)":\d+/g, '"$1":1')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, 'TIME')
    .replace(/person\d+\.\w+@/g, 'person@');
  return {
    ...answer,
    headers: {
      ...headers,
      ...(token === undefined ? {} : { 'x-session-token': 'TOKEN' }),
      ...(length === undefined ? {} : { 'content-length': 'N' }),
    },
    body,
  };
}
