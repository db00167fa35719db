import fc from 'fast-check';
import request, { type Test } from 'supertest';
import { canonicalEmail } from '../../../src/authentication/core/users/email-address.js';
import { PASSWORD, startApplication, type TestApplication } from '../../support/application.js';
import { Attacker, isSecret, MARKER } from '../../support/attacker.js';
import { anyJson, HOSTILE_JSON, HOSTILE_TEXTS, oddName } from '../../support/hostile.js';
import { Log } from '../../support/log.js';
import { pathOf, routesOf, type Route } from '../../support/routes.js';

const TEXTS = Object.entries(HOSTILE_TEXTS);
const [MARKS, ...LONG] = TEXTS.filter(([, text]) => text.length > 1000);
const OTHERS = [
  ...TEXTS.filter(([, text]) => text.length <= 1000).map(
    ([name, text]) => [name, JSON.stringify(text)] as const,
  ),
  ...HOSTILE_JSON.map((json) => [json.slice(0, 40), json] as const),
];
/** Each field gets one part of the values that need no time, the next field another part. */
const share = <T>(values: readonly T[], turn: number, parts: number): T[] =>
  values.filter((_, index) => index % parts === turn % parts);
/** In characters: Node refuses longer heads of requests itself. */
const LONGEST_URL = 8000;
/** Beside those of the document. `host` and `content-length` are left to the client. */
const HEADERS = [
  'Authorization',
  'X-Session-Token',
  'Accept',
  'Accept-Language',
  'Content-Type',
  'Content-Encoding',
  'User-Agent',
  'X-Forwarded-For',
  'Forwarded',
  'Origin',
  'Sec-Fetch-Site',
  'Cookie',
];
/** Lists that take long to read item by item. */
const LISTS = [',', ', ', ';', 'a/b;q=0.1,', '127.0.0.1,', '[::1]:1, ', 'Bearer a, ', 'en-a;q=0.1,', '('];

/** What may be stored for a text: as it is, trimmed, in NFC, or nothing for a blank one. */
const stored = (sent: string): unknown[] => [
  sent,
  sent.trim(),
  sent.trim().normalize(),
  ...(sent.trim() === '' ? [null] : []),
];

describe('hostile input', () => {
  let app: TestApplication;
  let log: Log;
  let routes: Route[];
  let attacker: Attacker;

  beforeAll(async () => {
    app = await startApplication({ variables: { TRUSTED_PROXIES: '127.0.0.1' } });
    log = Log.of(app);
    routes = routesOf(app);
  });
  beforeEach(async () => {
    attacker = new Attacker(app);
    await attacker.calibrate();
  });
  afterEach(() => {
    expect(attacker.faults).toEqual([]);
    expect(log.lines.filter((line) => line.includes(MARKER))).toEqual([]);
  });
  afterAll(() => app.close());

  /** Answers are checked against the OpenAPI document. */
  const post = (route: Route, token: string, body: string | undefined): Test => {
    const test = app.as(token)[route.method](pathOf(route));
    const type = route.isForm ? 'application/x-www-form-urlencoded' : 'application/json';
    if (route.isForm) test.set('Sec-Fetch-Site', 'same-origin');
    return body === undefined ? test : test.set('Content-Type', type).send(body);
  };

  /** Without that check: the router of the host answers some of these. */
  const bare = (route: Route, token: string, path: string): Test =>
    request(app.url)[route.method](path).set('X-Session-Token', token);

  const withoutMistakes = (text: string): string =>
    encodeURIComponent(Buffer.from(text).toString()).slice(0, LONGEST_URL);

  it('in any field of a body is refused or accepted, within a moment, and never fails', async () => {
    let turn = 0;
    for (const route of routes.filter(({ isForm }) => !isForm)) {
      for (const field of route.body) {
        const marker = isSecret(field) ? MARKER : '';
        turn += 1;
        const values = [
          ...[MARKS!, ...share(LONG, turn, 3)].map(([name, text]) => [name, JSON.stringify(text)] as const),
          ...share(OTHERS, turn, 5),
        ].map(([name, json]) => [name, json.replace(/^\[?"/, `$&${marker}`)] as const);
        for (const [name, json] of values) {
          const body = attacker.bodyOf(route, field.name, json);
          await attacker.attack(route, `${field.name} is ${name}`, (token) => post(route, token, body));
        }
      }
    }
  });

  it('in any field of a form is answered with a page', async () => {
    for (const route of routes.filter(({ isForm }) => isForm)) {
      for (const field of route.body) {
        const marker = isSecret(field) ? MARKER : '';
        for (const [name, text] of TEXTS) {
          const body = `${field.name}=${withoutMistakes(marker + text)}&a[b]=c`;
          await attacker.attack(route, `${field.name} is ${name}`, (token) => post(route, token, body));
        }
      }
    }
  });

  it('in the place of a body, or as the name of a field, is refused', async () => {
    const names = [...TEXTS.map(([, text]) => text.slice(0, 30_000)), '', '0', 'extra', 'settings'];
    let turn = 0;
    for (const route of routes.filter(({ isForm, method }) => !isForm && method !== 'get')) {
      for (const body of ['null', '1', '"text"', '[]', '[{}]', 'true', HOSTILE_JSON.at(-1) ?? '']) {
        await attacker.attack(route, `the body is ${body.slice(0, 40)}`, (token) => post(route, token, body));
      }
      turn += 1;
      for (const name of share(names, turn, 4)) {
        const body = attacker.bodyOf(route, name, '1');
        await attacker.attack(route, `a field is ${name.slice(0, 40)}`, (token) => post(route, token, body));
      }
    }
  });

  it('of any kind, in any field, never fails', async () => {
    const targets = routes
      .filter(({ isForm }) => !isForm)
      .flatMap((route) => route.body.map((field) => [route, field] as const));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...targets), anyJson, async ([route, field], json) => {
        const body = attacker.bodyOf(route, field.name, json);
        await attacker.attack(route, `${field.name} is ${json.slice(0, 100)}`, (token) =>
          post(route, token, body),
        );
        return attacker.faults.length === 0;
      }),
      { numRuns: 200 },
    );
  });

  it('in a query or a path is refused or not found, and never fails', async () => {
    let turn = 0;
    for (const route of routes) {
      turn += 1;
      for (const [name, text] of share(TEXTS, turn, 4)) {
        const value = withoutMistakes(text);
        for (const field of route.query) {
          const marked = isSecret(field) ? `${MARKER}${value}` : value;
          for (const query of [
            `${field.name}=${marked}`,
            `${field.name}=1&${field.name}=2`,
            `${field.name}[a]=1`,
          ]) {
            await attacker.attack(route, `?${field.name} is ${name}`, (token) =>
              bare(route, token, `${pathOf(route)}?${query}`),
            );
          }
        }
        for (const id of route.ids) {
          await attacker.attack(route, `${id} is ${name}`, (token) =>
            bare(route, token, pathOf(route, { [id]: value.slice(0, 2000) || 'x' })),
          );
        }
      }
    }
  });

  it('in a header is refused or ignored, and never fails', async () => {
    const values = [
      ...TEXTS.map(([, text]) => Buffer.from(text.slice(0, 2000)).toString('latin1')),
      ...LISTS.map((item) => item.repeat(LONGEST_URL / item.length)),
    ].map((text) => text.replace(/[^\t\x20-\x7e\x80-\xff]/g, '').slice(0, LONGEST_URL));
    let turn = 0;
    for (const [index, route] of routes.entries()) {
      for (const header of share([...HEADERS, ...route.headers], index, 2)) {
        turn += 1;
        const value = values[turn % values.length] ?? '';
        const isToken = header === 'Authorization' || header === 'X-Session-Token';
        const sent =
          header === 'Authorization' ? `Bearer ${MARKER}${value}` : isToken ? MARKER + value : value;
        // A token that is refused says nothing about the session.
        const tried: Route = isToken ? { ...route, caller: 'nobody' } : route;
        await attacker.attack(tried, `${header} is ${value.slice(0, 40)}`, (token) =>
          bare(route, token, pathOf(route)).set(header, sent),
        );
      }
    }
  });

  it('that a name accepts is stored and shown as it was sent, up to its normal form', async () => {
    for (const route of routes) {
      const answered = new Set([...route.answers(200), ...route.answers(201)]);
      const names = route.body.filter(
        ({ name, schema }) => answered.has(name) && schema.format === undefined,
      );
      for (const { name: field } of names) {
        await fc.assert(
          fc.asyncProperty(oddName, async (text) => {
            const client = app.as(await attacker.token());
            const id = await ownId(route);
            const { status, body } = await client[route.method](pathOf(route, { id }))
              .set('Content-Type', 'application/json')
              .send(attacker.bodyOf(route, field, JSON.stringify(text)));
            expect(status).toBeLessThan(500);
            if (status >= 300 || (body as { id?: unknown }).id === undefined) return;
            const shown = body as Record<string, unknown>;
            expect(stored(text)).toContainEqual(shown[field]);
            const later = await shownLater(route, shown);
            if (later !== undefined) expect(later[field]).toEqual(shown[field]);
          }),
          { numRuns: 12 },
        );
      }
    }
  });

  it('that an address accepts is one canonical address, in every answer', async () => {
    const local = fc.oneof(oddName, fc.stringMatching(/^[a-z]{3,12}$/));
    await fc.assert(
      fc.asyncProperty(local, fc.nat(1e9), async (name, number) => {
        const email = `${name}${number}@Example.COM `;
        const form = { email, password: PASSWORD, password_confirmation: PASSWORD };
        const { status, body } = await app.anonymous.post('/sign_up').send(form);
        expect(status === 201).toBe(canonicalEmail(email) !== null);
        if (status !== 201) return;
        expect((body as { email: string }).email).toBe(canonicalEmail(email));
        const { token } = await app.signIn(email);
        expect((await app.as(token).get('/me').expect(200)).body).toMatchObject({
          email: canonicalEmail(email),
        });
      }),
      { numRuns: 25 },
    );
  });

  /** The id of a new object of the attacker's own, for a route that changes one. */
  async function ownId(route: Route): Promise<string | number> {
    const parent = routes.find(({ method, path }) => method === 'post' && `${path}/{id}` === route.path);
    if (parent === undefined) return 1;
    const body = Object.fromEntries(parent.body.map((field) => [field.name, attacker.plausible(field)]));
    const client = app.as(await attacker.token());
    const created = await client.post(parent.path).send({ ...body, name: `name ${Math.random()}` });
    return (created.body as { id?: number }).id ?? 1;
  }

  /** The same object in the answer of the GET that shows it, if there is one. */
  async function shownLater(
    { path }: Route,
    { id }: Record<string, unknown>,
  ): Promise<Record<string, unknown> | undefined> {
    const gets = routes.filter(({ method }) => method === 'get').map((route) => route.path);
    const found = [path, `${path}/{id}`].find((candidate) => gets.includes(candidate));
    if (found === undefined) return undefined;
    const url = found.replace('{id}', String(id));
    const { body } = await app
      .as(await attacker.token())
      .get(url)
      .expect(200);
    const rows = (Array.isArray(body) ? body : [body]) as Record<string, unknown>[];
    return rows.find((row) => row['id'] === id);
  }
});
