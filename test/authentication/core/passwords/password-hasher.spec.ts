import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';

/** Hashes as slow as on a real server, so that requests wait in the queue. */
const SLOW = { HASHING_MEMORY_KIB: '19456', HASHING_PASSES: '8' };

describe('password hashes', () => {
  let app: TestApplication;

  const restart = async (variables: Record<string, string>): Promise<void> => {
    app = await startApplication({ variables });
  };
  afterEach(() => app.close());

  const parametersOf = async (email: string): Promise<string[]> => {
    const [row] = await app.query<{ password_digest: string }>(
      'SELECT password_digest FROM authentication.users WHERE email = $1',
      [email],
    );
    const [, name = '', , parameters = ''] = row!.password_digest.split('$');
    return [name, ...parameters.split(',').sort()];
  };

  it('are argon2id with the parameters of the settings (ASVS 11.4.2)', async () => {
    await restart({ HASHING_MEMORY_KIB: '2048', HASHING_PASSES: '3', HASHING_LANES: '2' });
    const { email } = await app.signUp();
    expect(await parametersOf(email)).toEqual(['argon2id', 'm=2048', 'p=2', 't=3']);
  });

  it('are made again at the next sign-in when the parameters were raised (ASVS 11.4.2)', async () => {
    await restart({ HASHING_MEMORY_KIB: '1024', HASHING_PASSES: '1' });
    const { email, token } = await app.person();
    expect(await parametersOf(email)).toEqual(['argon2id', 'm=1024', 'p=1', 't=1']);
    await app.close();

    await restart({ HASHING_MEMORY_KIB: '2048', HASHING_PASSES: '2' });
    await app.anonymous.post('/sign_in').send({ email, password: 'not the password' }).expect(401);
    expect(await parametersOf(email)).toEqual(['argon2id', 'm=1024', 'p=1', 't=1']);
    // At the same time: only one of them replaces the hash, but all of them must succeed.
    await Promise.all(Array.from({ length: 6 }, () => app.signIn(email)));
    expect(await parametersOf(email)).toEqual(['argon2id', 'm=2048', 'p=1', 't=2']);
    await app.signIn(email);
    await app.as(token).get('/me').expect(200);
  });
});

describe('the queue of hashes', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({
      variables: { ...SLOW, HASHING_CONCURRENCY: '1', HASHING_QUEUE: '1', THROTTLE_FACTOR: '1' },
    });
  });
  afterAll(() => app.close());

  it('answers 503 with Retry-After when too many wait, counts none of them as a failure, and recovers', async () => {
    const { email } = await app.signUp();
    const wrong = { email, password: 'not the password' };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => app.anonymous.post('/sign_in').send(wrong)),
    );
    const refused = answers.filter(({ status }) => status === 503);
    const checked = answers.filter(({ status }) => status === 401);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length + checked.length).toBe(8);
    for (const { body, headers } of refused) {
      expect(body).toMatchObject({ status: 503, code: 'overloaded' });
      expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
    }
    // A success would clear the counter, so only failures show what was counted.
    const counters = await app.query<{ count: number }>(
      "SELECT count FROM authentication.counters WHERE key LIKE 'sign_in:%'",
    );
    expect(counters).toEqual([{ count: checked.length }]);
    await app.signIn(email);
  });

  it('does not delay requests of signed-in users', async () => {
    const { email, token } = await app.person();
    const waiting = Promise.all(
      Array.from({ length: 6 }, () => app.anonymous.post('/sign_in').send({ email, password: PASSWORD })),
    );
    const { status } = await app.as(token).get('/me');
    expect(status).toBe(200);
    await waiting;
  });
});

describe('the queue of hashes, with one client in a loop', () => {
  let app: TestApplication;

  beforeAll(async () => {
    const variables = {
      HASHING_MEMORY_KIB: '19456',
      HASHING_PASSES: '2',
      HASHING_QUEUE: '64',
      TRUSTED_PROXIES: '127.0.0.1',
    };
    app = await startApplication({ variables });
  });
  afterAll(() => app.close());

  const signIn = (email: string, address: string) =>
    app.anonymous.post('/sign_in').set('X-Forwarded-For', address).send({ email, password: PASSWORD });

  it('refuses that client beyond its quarter, and nobody else', async () => {
    const { email } = await app.signUp();
    const { email: attackers } = await app.signUp();
    const stop = new AbortController();
    const seen = new Set<number>();
    const loop = async (): Promise<void> => {
      while (!stop.signal.aborted) seen.add((await signIn(attackers, '203.0.113.66')).status);
    };
    const loops = Array.from({ length: 40 }, loop);
    const honest: number[] = [];
    for (let client = 1; client <= 10; client += 1) {
      honest.push((await signIn(email, `203.0.113.${client}`)).status);
    }
    stop.abort();
    await Promise.all(loops);
    expect(honest).toEqual(Array<number>(10).fill(201));
    expect([...seen].sort()).toEqual([201, 503]);
  });
});
