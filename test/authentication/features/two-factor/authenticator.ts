import { createHmac } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { PASSWORD, type SignedIn, type TestApplication } from '../../../support/application.js';

const STEP_MS = 30_000;
const CALM_MS = 5_000;

/** An authenticator app, written from RFC 4226 and RFC 6238 rather than with the library under test. */
export class Authenticator {
  constructor(readonly secret: string) {}

  /** The current code, or the code so many steps later; earlier if `steps` is negative. */
  code(steps = 0): string {
    return this.codeOf(Math.floor(Date.now() / STEP_MS) + steps);
  }

  codeOf(step: number): string {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const digest = createHmac('sha1', decoded(this.secret)).update(counter).digest();
    const offset = digest[19]! & 15;
    return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
  }

  /** A code that is wrong at the current step and at the steps near it. */
  wrongCode(): string {
    const near = [-2, -1, 0, 1, 2].map((steps) => this.code(steps));
    return ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !near.includes(code))!;
  }
}

export interface Enrolled extends SignedIn {
  readonly authenticator: Authenticator;
  readonly recoveryCodes: readonly string[];
}

/** Creates a user whose second factor is on. */
export async function enrolled(app: TestApplication): Promise<Enrolled> {
  return enrolledAs(app, await app.person({ verified: true }));
}

/** Turns the second factor on with a session. */
export async function enrolledAs(app: TestApplication, person: SignedIn): Promise<Enrolled> {
  const api = app.as(person.token);
  const begun = await api
    .post('/two_factor_authentication/profile/totp')
    .send({ current_password: PASSWORD })
    .expect(201);
  const authenticator = new Authenticator(begun.body.secret as string);
  await calmMoment();
  const confirmed = await api
    .put('/two_factor_authentication/profile/totp')
    .send({ code: authenticator.code() })
    .expect(200);
  await forgetSteps(app, person.userId);
  return {
    ...person,
    token: confirmed.headers['x-session-token']!,
    authenticator,
    recoveryCodes: confirmed.body.recovery_codes as string[],
  };
}

/** Forgets the accepted steps, so that a spec can use the current code again. */
export async function forgetSteps(app: TestApplication, userId: number): Promise<void> {
  await app.query(
    "UPDATE authentication.totp_secrets SET accepted_steps = '{}', forgotten_step = NULL WHERE user_id = $1",
    [userId],
  );
}

/** Waits for the next step if the current one ends in less than 5 seconds, so that it lasts for a few requests. */
export async function calmMoment(): Promise<void> {
  const left = STEP_MS - (Date.now() % STEP_MS);
  if (left < CALM_MS) await pause(left + 50);
}

function decoded(base32: string): Buffer {
  const bits = [...base32].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  );
  return Buffer.from((bits.join('').match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
}
