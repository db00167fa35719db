import { startApplication, testDatabase, type TestApplication } from '../../../support/application.js';
import { Statements } from '../../../support/statements.js';
import { until } from '../../../support/until.js';
import { Wire } from '../../../support/wire.js';

/** Seconds: the shortest that there is. */
export const LEASE = 2;

/** Within the lease, and as long again for a busy machine. */
export const LEASE_MS = LEASE * 2000;

export function serverUrl(): URL {
  return new URL((testDatabase() as { url: string }).url);
}

/** A wire to the server, and the URL that leads through it. */
export async function wireToServer(): Promise<{ wire: Wire; url: string }> {
  const url = serverUrl();
  const wire = await Wire.to(url.hostname, Number(url.port === '' ? 5432 : url.port));
  url.host = `127.0.0.1:${wire.port}`;
  return { wire, url: url.href };
}

export function startCached(
  variables: Record<string, string> = {},
  options: Omit<Parameters<typeof startApplication>[0] & object, 'variables'> = {},
): Promise<TestApplication> {
  return startApplication({
    ...options,
    variables: { SESSION_CACHE: 'true', SESSION_CACHE_LEASE_SECONDS: String(LEASE), ...variables },
  });
}

/** The kinds of statements that requests need. */
export class Reads {
  private readonly statements: Statements;

  constructor(private readonly app: TestApplication) {
    this.statements = new Statements(app);
  }

  async of(token: string, path = '/sessions/current', status = 200): Promise<string[]> {
    const texts = await this.statements.of(() => this.app.as(token).get(path).expect(status));
    return texts.map((text) => text.split(' ', 1)[0] ?? '');
  }

  /** Until a request needs no statement. */
  async kept(token: string): Promise<void> {
    await until(async () => (await this.of(token)).length === 0);
  }
}

/** Until the token is refused, which `patienceMs` milliseconds are enough for. */
export async function refused(app: TestApplication, token: string, patienceMs = LEASE_MS): Promise<void> {
  await until(async () => (await app.as(token).get('/sessions/current')).status === 401, patienceMs);
}
