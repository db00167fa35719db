import { newApiKey } from '../../../../src/authentication/features/applications/api-key.js';
import { startApplication, type TestApplication } from '../../../support/application.js';
import { Estate } from './estate.js';
import { ATTEMPTS, IDS } from './isolation/attempts.js';
import { HOLDINGS } from './isolation/holdings.js';
import { OF_THE_ROOT, routesOf, send, type Route } from './isolation/routes.js';
import { Side } from './isolation/side.js';
import { Traces } from './isolation/traces.js';

// Uses the secrets, ids and addresses of one application within another, on every route of the OpenAPI document. A new
// route that takes any of these fails here until it has a row in isolation/attempts.ts.

describe('Two applications', () => {
  let app: TestApplication;
  let red: Side;
  let blue: Side;
  let routes: readonly Route[];

  beforeAll(async () => {
    app = await startApplication();
    routes = routesOf(app);
    const emails = { person: app.newEmail(), proven: app.newEmail(), keeper: app.newEmail() };
    for (const email of Object.values(emails)) await app.signUp(email, 'the password at the root');
    [red, blue] = [await side('Crimson'), await side('Cobalt')];

    async function side(name: string): Promise<Side> {
      const estate = await Estate.of(app);
      const made = new Side(app, estate, await estate.application({ name }), emails);
      for (const holding of held()) await holding.give(made);
      return made;
    }
  });
  afterAll(() => app.close());

  const held = () => HOLDINGS.filter(({ route }) => routes.some(({ name }) => name === route));
  const sides = (): [mine: Side, theirs: Side][] => [
    [blue, red],
    [red, blue],
  ];

  async function leavesAlone({ application }: Side, work: () => Promise<void>): Promise<void> {
    const traces = await Traces.of(app, application);
    const before = await traces.seen();
    await work();
    expect(await traces.seen()).toEqual(before);
  }

  it('have a row of attempts for every route that takes something that could belong to the other', () => {
    expect(routes.length).toBeGreaterThan(20);
    const unknown = routes.filter(
      ({ name, wantsAttempt, hasIds }) =>
        (wantsAttempt && ATTEMPTS[name] === undefined) || (hasIds && IDS[name] === undefined),
    );
    expect(unknown.map(({ name }) => name)).toEqual([]);
  });

  it('have rows in the tables and mails in the mailbox', async () => {
    for (const { application } of [red, blue]) {
      const { rows, mails } = await (await Traces.of(app, application)).seen();
      const tables = new Set(rows.map(({ of }) => of));
      for (const name of ['applications', 'api_keys', 'users', 'sessions', 'one_time_tokens']) {
        expect(tables).toContain(`authentication.${name}`);
      }
      expect(mails.length).toBeGreaterThan(2);
    }
  });

  it('refuse a key that was never issued on every route', async () => {
    for (const route of routes) {
      for (const token of [undefined, red.person.token, red.estate.owner.token]) {
        const { status, body } = await send(red.estate.within({ key: newApiKey() }, token), route);
        expect([route.name, status, body.code]).toEqual([route.name, 401, 'invalid_api_key']);
      }
    }
  });

  it('refuse a session or another secret of the other, or of the root, on every route that requires a session', async () => {
    for (const [mine, theirs] of sides()) {
      const bearers = [
        ...[theirs.person.token, theirs.devices?.token].flatMap((token) =>
          token === undefined ? [] : [mine.within(token), app.as(token)],
        ),
        ...[
          mine.estate.owner.token,
          theirs.application.key,
          theirs.reset,
          theirs.passwordless?.token,
          theirs.secondFactor?.challenge,
          theirs.notice,
          theirs.devices?.pairingToken,
        ].flatMap((token) => (token === undefined ? [] : [mine.within(token)])),
      ];
      await leavesAlone(theirs, async () => {
        for (const route of routes.filter(({ requiresSession }) => requiresSession)) {
          for (const [index, client] of bearers.entries()) {
            const { status, body } = await send(client, route);
            const wanted = [route.name, index, 401, 'authentication_required'];
            expect([route.name, index, status, body.code]).toEqual(wanted);
          }
        }
      });
    }
  });

  it('answer an id of the other like a missing one, also in the root realm', async () => {
    const missing = (await red.api.get('/sessions/999999')).text;
    for (const [mine, theirs] of sides()) {
      for (const route of routes.filter(({ name }) => IDS[name] !== undefined)) {
        const { of, body } = IDS[route.name]!;
        await leavesAlone(theirs, async () => {
          for (const client of route.isOfRoot ? [mine.root] : [mine.api, mine.root]) {
            for (const ids of of(theirs, mine)) {
              const { status, text } = await send(client, route, ids).send(body);
              expect([route.name, status, text]).toEqual([route.name, 404, missing]);
            }
          }
        });
      }
    }
  });

  it('list nothing of the other', async () => {
    const lists = routes.filter(
      ({ method, requiresSession, hasIds, isOfRoot }) =>
        method === 'get' && requiresSession && !hasIds && !isOfRoot,
    );
    for (const route of lists) {
      const idsOf = async ({ api }: Side) =>
        idsIn((await send(api, route).query({ before: 999_999_999_999_999 }).expect(200)).body);
      const ofBlue = await idsOf(blue);
      expect([route.name, (await idsOf(red)).filter((id) => ofBlue.includes(id))]).toEqual([route.name, []]);
    }
    expect(idsIn((await red.api.get('/sessions')).body)).not.toEqual([]);
    const { text } = await red.root.get('/applications').expect(200);
    expect(text).toContain(red.application.id);
    expect(text).not.toContain(blue.application.id);
  });

  it('keep their users out of the routes of the root realm', async () => {
    for (const route of routes.filter(({ isOfRoot }) => isOfRoot)) {
      for (const { application, api } of [red, blue]) {
        const { status, body } = await send(api, route, { id: application.id });
        expect([route.name, status, body.code]).toEqual([route.name, 403, OF_THE_ROOT]);
      }
    }
  });

  it("change nothing of the other with the other's passwords, links, codes, addresses and names", async () => {
    for (const [mine, theirs] of sides()) {
      for (const { name } of routes.filter((route) => ATTEMPTS[route.name] !== undefined)) {
        await leavesAlone(theirs, async () => {
          for (const [request, wanted] of ATTEMPTS[name]!(mine, theirs)) {
            const { status, text } = await request;
            expect([name, status]).toEqual([name, wanted]);
            expect(text).not.toContain(theirs.application.id);
            expect(text).not.toMatch(new RegExp(`(?<!local\\.of\\.)${theirs.application.name}`));
            expect(text).not.toContain(theirs.person.token);
            expect(text).not.toContain('second_factor_required');
          }
        });
      }
    }
    // A password of an application does not work in the root realm either.
    for (const { person, password } of [red, blue]) {
      await app.anonymous.post('/sign_in').send({ email: person.email, password }).expect(401);
    }
  });

  it('ask users with a second factor for it, at every way to sign in', async () => {
    for (const side of [red, blue].filter(({ secondFactor }) => secondFactor !== undefined)) {
      const { keeper: email } = side.emails;
      const ways = [side.within().post('/sign_in').send({ email, password: side.password })];
      if (side.passwordless !== undefined) {
        const { token } = await side.wayIn(email);
        ways.push(side.within().put('/sessions/passwordless').send({ token }));
      }
      for (const way of ways) {
        const { body } = await way.expect(401);
        expect(body).toMatchObject({ code: 'second_factor_required' });
      }
    }
  });

  it('still have everything that they had before these attempts', async () => {
    for (const side of [red, blue]) {
      // In reverse order, because the first holding sets a new password, which ends the others.
      for (const holding of held().reverse()) await holding.use(side);
    }
  });
});

/** Lists every id in an answer with the path of its field. */
function idsIn(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => idsIn(item, path));
  if (typeof value !== 'object' || value === null) {
    return /(^|[._])id$/.test(path) ? [`${path}: ${String(value)}`] : [];
  }
  return Object.entries(value).flatMap(([key, item]) => idsIn(item, `${path}.${key}`));
}
