import { Injectable, Module, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { FEATURES } from '../../../../src/authentication/authentication.module.js';
import { Database } from '../../../../src/authentication/core/database/database.js';
import {
  UserEvents,
  type UserFact,
  type UserListener,
} from '../../../../src/authentication/core/events/user-events.js';
import { Sweeper } from '../../../../src/authentication/core/sweeping/sweeper.js';
import { User } from '../../../../src/authentication/core/users/user.entity.js';
import { ActivityModule } from '../../../../src/authentication/features/activity/activity.module.js';
import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { letTimePass } from '../../../support/clock.js';
import { KeysFeature } from '../../../support/features/keys.feature.js';
import { Witness, WitnessFeature } from '../../../support/features/witness.feature.js';
import { RESET_MAIL } from '../../../support/texts.js';

const PATH = '/authentications/events';
const WRONG = 'not the password';
const NEW = { password: 'four other words, quite new', password_confirmation: 'four other words, quite new' };

/** Records a setting of each fact's transaction, and deletes a user at the moment when a sign-in fails. */
@Injectable()
class Meddler implements UserListener, OnModuleInit {
  deletes = '';
  readonly waitsForDisk: Partial<Record<string, string>> = {};

  constructor(private readonly events: UserEvents) {}

  onModuleInit(): void {
    this.events.listen(this);
  }

  async onUserFact({ action, user }: UserFact, manager: EntityManager): Promise<void> {
    const [row] = await manager.query<{ synchronous_commit: string }[]>('SHOW synchronous_commit');
    this.waitsForDisk[action] = row!.synchronous_commit;
    if (action !== 'sign_in_failed' || user.email !== this.deletes) return;
    await manager.query('DELETE FROM authentication.users WHERE id = $1', [user.id]);
  }
}

@Module({ providers: [Meddler] })
class MeddlerFeature {}

interface Listed {
  id: number;
  action: string;
  user_agent: string | null;
  ip_address: string | null;
  created_at: string;
}

const listed = async (app: TestApplication, token: string, query: object = {}): Promise<Listed[]> =>
  (await app.as(token).get(PATH).query(query).expect(200)).body as Listed[];
const actions = async (app: TestApplication, token: string): Promise<string[]> =>
  (await listed(app, token, { limit: 100 })).map(({ action }) => action);
const countOf = async (app: TestApplication, condition = 'true'): Promise<number> => {
  const [row] = await app.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM authentication.events WHERE ${condition}`,
  );
  return row?.count ?? -1;
};
/** Adds past events: one a minute, the oldest first. */
const addPast = (app: TestApplication, userId: number, number: number) =>
  app.query(
    `INSERT INTO authentication.events (user_id, action, created_at)
     SELECT $1, 'past', now() - make_interval(mins => $2 - n) FROM generate_series(1, $2) n`,
    [userId, number],
  );

describe('GET /authentications/events', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ features: [...FEATURES, KeysFeature] });
  });
  afterAll(() => app.close());

  it('lists the events of a user with the client, newest first', async () => {
    const { email } = await app.signUp();
    const signedIn = await app.anonymous
      .post('/sign_in')
      .set('User-Agent', 'insomnia/2022.1.0')
      .send({ email, password: PASSWORD })
      .expect(201);
    const events = await listed(app, String(signedIn.headers['x-session-token']));
    expect(events.map(({ action }) => action)).toEqual(['signed_in', 'signed_up']);
    expect(events[0]).toEqual({
      id: expect.any(Number) as number,
      action: 'signed_in',
      user_agent: 'insomnia/2022.1.0',
      ip_address: '127.0.0.1',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
    });
    expect(events[0]!.id).toBeGreaterThan(events[1]!.id);
  });

  it('lists every action of an account in the order in which they happened', async () => {
    const person = await app.person({ verified: true });
    const api = app.as(person.token);
    const email = app.newEmail();
    await api.put('/identity/email').send({ current_password: PASSWORD, email }).expect(200);
    const token = await app.mailbox.tokenTo(email);
    await app.anonymous.put('/identity/email_verification').send({ email, token }).expect(204);
    await api
      .put('/password')
      .send({ current_password: PASSWORD, ...NEW })
      .expect(200);
    await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
    const reset = await app.mailbox.tokenTo(email, RESET_MAIL);
    await app.anonymous
      .put('/identity/password_reset')
      .send({ token: reset, password: PASSWORD, password_confirmation: PASSWORD })
      .expect(200);
    await app.anonymous.post('/sign_in').send({ email, password: WRONG }).expect(401);
    const left = await app.signIn(email);
    await app.as(left.token).delete('/sessions/current').expect(204);
    const { token: last } = await app.signIn(email);
    expect([...(await actions(app, last))].reverse()).toEqual([
      'signed_up',
      'email_verified',
      'signed_in',
      'email_change_requested',
      'email_changed',
      'password_changed',
      'password_reset_requested',
      'password_reset',
      'sign_in_failed',
      'signed_in',
      'signed_out',
      'signed_in',
    ]);
  });

  it('requires a session', async () => {
    const { body } = await app.anonymous.get(PATH).expect(401);
    expect(body).toMatchObject({ code: 'authentication_required' });
    const { token, userId } = await app.person();
    const other = await app.as(`key_${userId}`).get(PATH).expect(403);
    expect(other.body).toMatchObject({ code: 'session_required' });
    await app.query('UPDATE authentication.users SET suspended_at = now() WHERE id = $1', [userId]);
    await app.as(token).get(PATH).expect(401);
  });

  it('shows nobody the events of another user (ASVS 8.2.2)', async () => {
    const [ada, eve] = [await app.person(), await app.person()];
    await app.anonymous.post('/sign_in').send({ email: ada.email, password: WRONG }).expect(401);
    const [newest] = await listed(app, ada.token);
    const seen = await listed(app, eve.token, { before: newest!.id + 1 });
    expect(seen.map(({ action }) => action)).toEqual(['signed_in', 'signed_up']);
  });

  it('pages through 250 events without a gap or a repetition, while more events are added', async () => {
    const { userId, token, email } = await app.person();
    await addPast(app, userId, 248);
    const all = await app.query<{ id: string }>(
      'SELECT id FROM authentication.events WHERE user_id = $1 ORDER BY id DESC',
      [userId],
    );
    expect(all).toHaveLength(250);
    for (const limit of [undefined, 7, 100]) {
      const ids: number[] = [];
      let page: Listed[] = [];
      do {
        const before = page.at(-1)?.id ?? Number(all[0]!.id) + 1;
        page = await listed(app, token, { limit, before });
        expect(page.length).toBeLessThanOrEqual(limit ?? 50);
        ids.push(...page.map(({ id }) => id));
        await app.anonymous.post('/sign_in').send({ email, password: WRONG }).expect(401);
      } while (page.length === (limit ?? 50));
      expect(ids).toEqual(all.map(({ id }) => Number(id)));
    }
  });

  it('answers 50 events without a limit, and none before the first event', async () => {
    const { userId, token } = await app.person();
    await addPast(app, userId, 60);
    expect(await listed(app, token)).toHaveLength(50);
    expect(await listed(app, token, { limit: 1 })).toHaveLength(1);
    expect(await listed(app, token, { limit: 100 })).toHaveLength(62);
    expect(await listed(app, token, { before: 1 })).toEqual([]);
    expect(await listed(app, token, { before: 999_999_999_999_999 })).toHaveLength(50);
  });

  it('refuses invalid values of limit and before, and names the field', async () => {
    const { token } = await app.person();
    const refused: [string, string[]][] = [
      ['limit', ['0', '101', '-1', '1.5', '5e1', 'many', '', '99999999999999999999', '50 ', '٥']],
      ['before', ['0', '-1', '1.5', 'now', '', '99999999999999999999', '1;DROP TABLE events', '%00']],
    ];
    for (const [field, values] of refused) {
      for (const value of values) {
        const { body } = await app
          .as(token)
          .get(PATH)
          .query({ [field]: value })
          .expect(422);
        expect(body).toMatchObject({ code: 'wrong_parameters', errors: [{ field, code: 'invalid' }] });
      }
      await app.as(token).get(`${PATH}?${field}=1&${field}=2`).expect(422);
    }
  });

  it('shows events for 400 days, and none that is older, swept or not', async () => {
    const old = await app.person();
    await letTimePass(app, '399 days');
    const { token } = await app.signIn(old.email);
    expect(await actions(app, token)).toEqual(['signed_in', 'signed_in', 'signed_up']);
    await letTimePass(app, '1 day');
    const { token: later } = await app.signIn(old.email);
    expect(await actions(app, later)).toEqual(['signed_in', 'signed_in']);
    expect(await countOf(app, `user_id = ${old.userId}`)).toBe(4);
    const gone = await countOf(app, "created_at <= now() - interval '400 days'");
    expect(gone).toBeGreaterThanOrEqual(2);
    await app.get(Sweeper).sweep();
    expect(await countOf(app, "created_at <= now() - interval '400 days'")).toBe(0);
    expect(await actions(app, later)).toEqual(['signed_in', 'signed_in']);
  });

  it('has its old events swept in batches', async () => {
    const { userId } = await app.signUp();
    await app.get(Sweeper).sweep();
    await app.query(
      `INSERT INTO authentication.events (user_id, action, created_at)
       SELECT $1, 'past', now() - interval '401 days' FROM generate_series(1, 2100)`,
      [userId],
    );
    expect(await app.get(Sweeper).sweep()).toBe(2100);
    expect(await countOf(app, `user_id = ${userId}`)).toBe(1);
  });

  it('has its events deleted with their user', async () => {
    const { token, userId } = await app.person();
    await app.as(token).delete('/me').send({ current_password: PASSWORD }).expect(204);
    expect(await countOf(app, `user_id = ${userId}`)).toBe(0);
  });

  it('shows earlier events after a takeover: the new owner sees what was done before (pre-hijacking)', async () => {
    const email = app.newEmail();
    await app.signUp(email);
    await app.signIn(email);
    await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
    const token = await app.mailbox.tokenTo(email, RESET_MAIL);
    await app.anonymous
      .put('/identity/password_reset')
      .send({ token, ...NEW })
      .expect(200);
    const owner = await app.signIn(email, NEW.password);
    expect(await actions(app, owner.token)).toEqual([
      'signed_in',
      'password_reset',
      'password_reset_requested',
      'signed_in',
      'signed_up',
    ]);
  });
});

describe('A failed sign-in', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ features: [MeddlerFeature, ...FEATURES] });
  });
  afterAll(() => app.close());

  it('is shown to the owner alone: the client gets the same answer as for an unknown address (ASVS 6.3.8)', async () => {
    const [owner, other] = [await app.person(), await app.person()];
    const fail = async (email: string) => {
      const { status, headers, text } = await app.anonymous.post('/sign_in').send({ email, password: WRONG });
      const { date, ...others } = headers as Record<string, string>;
      expect(date).toBeDefined();
      return { status, headers: others, text };
    };
    const known = await fail(owner.email);
    expect(known.status).toBe(401);
    const before = await countOf(app);
    expect(await fail(app.newEmail())).toEqual(known);
    expect(await countOf(app)).toBe(before);
    expect((await actions(app, owner.token))[0]).toBe('sign_in_failed');
    expect(await actions(app, other.token)).not.toContain('sign_in_failed');
  });

  it('is recorded without waiting for the disk, so that it takes no longer than an unknown address', async () => {
    const { email } = await app.person();
    await app.anonymous.post('/sign_in').send({ email, password: WRONG }).expect(401);
    const { signed_in: success, sign_in_failed: failure } = app.get(Meddler).waitsForDisk;
    expect({ success, failure }).toEqual({ success: 'on', failure: 'off' });
  });

  it('of a user who is deleted meanwhile gets the same answer as any other', async () => {
    const { email, userId } = await app.signUp();
    app.get(Meddler).deletes = email;
    const { body } = await app.anonymous.post('/sign_in').send({ email, password: WRONG }).expect(401);
    expect(body).toMatchObject({ code: 'invalid_credentials' });
    expect(await app.query('SELECT 1 FROM authentication.users WHERE id = $1', [userId])).toEqual([]);
  });
});

describe('An event and its fact', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ features: [ActivityModule, WitnessFeature] });
  });
  afterAll(() => app.close());

  it('are both rolled back when a later step of the transaction fails', async () => {
    const person = await app.person();
    const before = await countOf(app);
    const witness = app.get(Witness);
    witness.failsAt = 'signed_in';
    await app.anonymous.post('/sign_in').send({ email: person.email, password: PASSWORD }).expect(500);
    witness.failsAt = 'password_changed';
    await app
      .as(person.token)
      .put('/password')
      .send({ current_password: PASSWORD, ...NEW })
      .expect(500);
    witness.failsAt = null;
    expect(await countOf(app)).toBe(before);
    await app.signIn(person.email);
    expect(await actions(app, person.token)).toEqual(['signed_in', 'signed_in', 'signed_up']);
  });

  it('are both rolled back when the event cannot be written', async () => {
    const email = app.newEmail();
    const { token } = await app.person();
    await app.query('ALTER TABLE authentication.events ADD CONSTRAINT full_up CHECK (false) NOT VALID');
    try {
      await app.anonymous
        .post('/sign_up')
        .send({ email, password: PASSWORD, password_confirmation: PASSWORD })
        .expect(500);
      await app.as(token).delete('/sessions/current').expect(500);
    } finally {
      await app.query('ALTER TABLE authentication.events DROP CONSTRAINT full_up');
    }
    expect(await app.query('SELECT 1 FROM authentication.users WHERE email = $1', [email])).toEqual([]);
    await app.as(token).get('/me').expect(200);
  });

  it('are also recorded for a fact that a feature adds, in the transaction of the feature', async () => {
    const { token, userId } = await app.person();
    const database = app.get(Database);
    const user = await database.manager.findOneByOrFail(User, { id: userId });
    const client = { ipAddress: '2001:db8::1', userAgent: null };
    const fact = { action: 'device_added', user, client } as unknown as UserFact;
    await database.transaction((manager) => app.get(UserEvents).tell(manager, fact));
    expect((await listed(app, token))[0]).toMatchObject({
      action: 'device_added',
      user_agent: null,
      ip_address: '2001:db8::1',
    });
  });
});
