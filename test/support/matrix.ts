import type { Response, Test } from 'supertest';
import type { SignedIn, TestApplication } from './application.js';
import { Attacker } from './attacker.js';
import { pathOf, routesOf, type Route } from './routes.js';

type Client = ReturnType<TestApplication['as']>;
type Ids = Readonly<Record<string, string | number>>;

const REFUSED = '401 authentication_required';
/** The id of nothing, for paths with numbers and for paths with uuids. */
const MISSING = { number: 999_999_999, uuid: '3f2b6a4e-0000-4000-8000-000000000000' };

/** Whether every route lets in the callers that the OpenAPI document names, and nobody else. */
export class Matrix {
  readonly routes: readonly Route[];
  private readonly attacker: Attacker;

  constructor(private readonly app: TestApplication) {
    this.routes = routesOf(app);
    this.attacker = new Attacker(app);
  }

  /**
   * The faults of a client whose token is not valid, or that has none. It must be refused where a token is required, and
   * also where one is optional if it sent one. Where no token is read, it gets the answer of a client without a token.
   */
  async ofRefused(client: () => Client, hasToken = true): Promise<string[]> {
    const faults: string[] = [];
    for (const route of this.routes) {
      const answer = answerOf(await this.send(client(), route));
      const isGuarded = route.caller === 'session' || route.caller === 'credential';
      if (isGuarded || (hasToken && route.caller === 'anybody')) {
        if (answer !== REFUSED) faults.push(`${route.name} answered ${answer}`);
      } else if (route.caller === 'other') {
        if (!/^40[01] /.test(answer)) faults.push(`${route.name} answered ${answer}`);
      } else {
        const wanted = answerOf(await this.send(this.app.anonymous, route));
        if (answer !== wanted)
          faults.push(`${route.name} answered ${answer}, and ${wanted} without the token`);
      }
    }
    return faults;
  }

  /** The faults of clients with a session: a new one for each route, since some routes end it. */
  async ofAccepted(tokenOf: () => Promise<string>, routes = this.routes): Promise<string[]> {
    const faults: string[] = [];
    for (const route of routes.filter(({ caller }) => caller !== 'other')) {
      const answer = answerOf(await this.send(this.app.as(await tokenOf()), route));
      if (answer === REFUSED || answer === '403 session_required')
        faults.push(`${route.name} answered ${answer}`);
    }
    return faults;
  }

  /** Routes that give a signed-in caller something secret that outlives its token. */
  get issuing(): Route[] {
    return this.routes.filter(
      (route) =>
        route.caller === 'session' &&
        route.method !== 'get' &&
        [200, 201].some((status) =>
          route.answers(status).some((field) => /token|key|secret|codes/.test(field)),
        ),
    );
  }

  /** Sends a body that the route accepts. */
  async sendWhole(client: Client, route: Route, ids?: Ids): Promise<Response> {
    const fields = route.body.map((field) => [field.name, this.attacker.plausible(field)] as const);
    const test = this.test(client, route, ids);
    return fields.length === 0 ? test : test.send(Object.fromEntries(fields));
  }

  /**
   * The routes that answer a client which names another user's object otherwise than one that names a missing object, or
   * a malformed id. @returns also the routes for which no object could be made or found
   */
  async ofStrangers(): Promise<{ faults: string[]; unseen: string[] }> {
    const faults: string[] = [];
    const unseen: string[] = [];
    for (const route of this.routes.filter(({ ids }) => ids.length > 0)) {
      const [owner, stranger] = [await this.app.person(), await this.app.person()];
      const theirs = await this.objectsOf(owner, route);
      const own = await this.objectsOf(stranger, route);
      if (Object.keys(theirs).length < route.ids.length) unseen.push(route.name);
      for (const [id, value] of Object.entries(theirs)) {
        const missing = typeof value === 'string' ? MISSING.uuid : MISSING.number;
        const answers = new Set<string>();
        for (const tried of [value, missing, 'x']) {
          const answer = await this.sendWhole(this.app.as(stranger.token), route, { ...own, [id]: tried });
          answers.add(`${answer.status} ${answer.text}`);
        }
        const isOne = answers.size === 1 && [...answers].every((answer) => answer.startsWith('404 '));
        if (!isOne) faults.push(`${route.name}, ${id}: ${[...answers].join(' | ')}`);
      }
      const kept = await this.sendWhole(this.app.as(owner.token), route, theirs);
      if (kept.status === 404) faults.push(`${route.name}: the object of its owner is gone`);
    }
    return { faults, unseen };
  }

  /** An object of this user for each id in the path of a route, as far as the document shows how to make or find one. */
  async objectsOf({ token }: SignedIn, { path }: Route): Promise<Ids> {
    const found: Record<string, string | number> = {};
    for (const [, segment = '', id = ''] of path.matchAll(/\/(\w+)\/\{(\w+)\}/g)) {
      const object = await this.newObject(this.app.as(token), `/${segment}`);
      if (object !== undefined) found[id] = object;
    }
    return found;
  }

  private async newObject(client: Client, collection: string): Promise<string | number | undefined> {
    const at = (wanted: string) =>
      this.routes.find(
        ({ method, path }) => method === wanted && path.endsWith(collection) && !path.includes('{'),
      );
    const [create, list] = [at('post'), at('get')];
    const made = create?.caller === 'session' ? await this.created(client, create) : undefined;
    if (made !== undefined || list === undefined) return made;
    const { body } = await this.test(client, list);
    return (body as { id?: string | number }[])[0]?.id;
  }

  private async created(client: Client, route: Route): Promise<string | number | undefined> {
    const fields = route.body.map((field) => [field.name, this.attacker.plausible(field)] as const);
    const name = `object ${Math.random()}`;
    const { body } = await this.test(client, route).send({ ...Object.fromEntries(fields), name });
    return (body as { id?: string | number }).id;
  }

  private async send(client: Client, route: Route): Promise<Response> {
    return this.test(client, route);
  }

  private test(client: Client, route: Route, ids?: Ids): Test {
    return client[route.method](pathOf(route, ids)).set('Accept', 'application/json');
  }
}

function answerOf({ status, body }: Response): string {
  return `${status} ${(body as { code?: string }).code ?? ''}`;
}
