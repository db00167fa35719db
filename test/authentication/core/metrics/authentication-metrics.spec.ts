import type { AuthenticationMetrics } from '../../../../src/authentication/core/metrics/authentication-metrics.js';
import { MailBacklog } from '../../../../src/authentication/core/mail/mail-backlog.js';
import { MailTransport, UndeliverableMail } from '../../../../src/authentication/core/mail/mail.js';
import { PasswordHasher } from '../../../../src/authentication/core/passwords/password-hasher.js';
import { ThrottleStorage } from '../../../../src/authentication/http/throttling/throttle-storage.js';
import { startApplication, type TestApplication } from '../../../support/application.js';
import { until } from '../../../support/until.js';

const WRONG = 'this is not the password';

/** What a host's own metrics are told. */
class Told implements AuthenticationMetrics {
  readonly outcomes: string[] = [];
  readonly decisions: boolean[] = [];
  readonly mails: string[] = [];
  readonly hashes: number[][] = [];
  refused = 0;

  outcome(event: string, reason: string | null): void {
    this.outcomes.push(reason === null ? event : `${event} ${reason}`);
  }

  hashed(waited: number, took: number): void {
    this.hashes.push([waited, took]);
  }

  hashRefused(): void {
    this.refused += 1;
  }

  guarded(took: number, accepted: boolean): void {
    expect(took).toBeGreaterThan(0);
    this.decisions.push(accepted);
  }

  mail(result: string): void {
    this.mails.push(result);
  }
}

/** Refuses a recipient for good, or answers that it is not possible now. */
class Transport extends MailTransport {
  failure: Error | null = null;

  send(): Promise<void> {
    return this.failure === null ? Promise.resolve() : Promise.reject(this.failure);
  }
}

describe('forRoot({ metrics })', () => {
  let app: TestApplication;
  let told: Told;
  let transport: Transport;

  async function start(variables: Record<string, string> = {}): Promise<void> {
    told = new Told();
    transport = new Transport();
    app = await startApplication({ variables, parts: { metrics: told, mail: transport } });
  }
  afterEach(() => app.close());

  it('is told each outcome that the log has a line for, with its code', async () => {
    await start();
    const { email, token } = await app.person();
    await app.anonymous.post('/sign_in').send({ email, password: WRONG }).expect(401);
    await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
    await app.as('A'.repeat(43)).get('/me').expect(401);
    await app.as(token).delete('/sessions/current').expect(204);
    expect(told.outcomes).toEqual([
      'signed_up',
      'signed_in',
      'sign_in_failed invalid_credentials',
      'password_reset_requested',
      'token_refused authentication_required',
      'signed_out',
    ]);
  });

  it('is told the budget of a request that was answered 429', async () => {
    await start({ THROTTLE_FACTOR: '0.01' });
    const ask = () => app.anonymous.post('/identity/password_reset').send({ email: 'a@example.com' });
    await ask().expect(204);
    await ask().expect(429);
    expect(told.outcomes).toEqual(['password_reset_requested', 'throttled mail']);
  });

  it('is told each hash, and whether the guard accepted a token', async () => {
    await start();
    const { token } = await app.person();
    expect(told.hashes).toHaveLength(2);
    for (const [waited = -1, took = 0] of told.hashes) {
      expect(waited).toBeGreaterThanOrEqual(0);
      expect(took).toBeGreaterThan(0);
    }
    await app.as(token).get('/me').expect(200);
    await app.as('A'.repeat(43)).get('/me').expect(401);
    await app.anonymous.get('/me').expect(401);
    expect(told.decisions).toEqual([true, false]);
    expect(app.get(PasswordHasher).load).toEqual({ running: 0, waiting: 0 });
  });

  it('is told a hash that the queue refused', async () => {
    await start({ HASHING_QUEUE: '1', HASHING_CONCURRENCY: '1' });
    const send = () => app.anonymous.post('/sign_in').send({ email: 'a@example.com', password: WRONG });
    const answers = await Promise.all(Array.from({ length: 8 }, send));
    const refused = answers.filter(({ status }) => status === 503).length;
    expect(refused).toBeGreaterThan(0);
    expect(told.refused).toBe(refused);
    expect(told.outcomes.filter((line) => line === 'sign_in_failed overloaded')).toHaveLength(refused);
  });

  it('is told what became of each mail, and the backlog tells what waits', async () => {
    await start();
    await app.signUp();
    await until(() => told.mails.length === 1);
    const backlog = () => app.get(MailBacklog).read();
    await until(async () => (await backlog()).waiting === 0);
    expect(await backlog()).toEqual({ waiting: 0, oldestSeconds: 0, setAside: 0 });
    transport.failure = new Error('not now');
    await app.signUp();
    await until(() => told.mails.length === 2);
    const { waiting, oldestSeconds } = await backlog();
    expect(waiting).toBe(1);
    expect(oldestSeconds).toBeGreaterThan(0);
    transport.failure = new UndeliverableMail('nobody here');
    await app.signUp();
    await until(async () => (await backlog()).setAside === 1);
    expect(told.mails).toEqual(['sent', 'failed', 'set_aside']);
  });

  it('knows nothing of a shared store without REDIS_URL', async () => {
    await start();
    expect(app.get(ThrottleStorage).isShared).toBeNull();
  });
});

describe('the option metrics', () => {
  const startWith = (metrics: unknown) => startApplication({ parts: { metrics: metrics as never } });

  it('may have only some of the methods', async () => {
    const app = await startWith({});
    await app.person();
    await app.close();
  });

  it('stops the start when it is no object, or a method is none', async () => {
    for (const metrics of [null, 1, { outcome: 'count' }]) {
      await expect(startWith(metrics)).rejects.toThrow(
        'forRoot(): metrics takes an object with some of the methods outcome, hashed, hashRefused, guarded, mail',
      );
    }
  });
});
