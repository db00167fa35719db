import type { Test } from 'supertest';
import { NEW } from './holdings.js';
import type { Ids } from './routes.js';
import type { Side } from './side.js';
import { totp } from './totp.js';

/** @param mine the side that tries, `theirs` the side whose data it uses. @returns requests with the expected statuses */
type Attempt = (mine: Side, theirs: Side) => [request: Test, status: number][];

const JSON_ACCEPTED = { Accept: 'application/json' };
/** More failures than any code of six or eight characters survives. */
const MANY = 6;

/** Opens a mailed link as a browser and as a program. */
const page = (mine: Side, path: string, query: object): [Test, number][] => [
  [mine.within().get(path).query(query), 400],
  [mine.within().get(path).query(query).set(JSON_ACCEPTED), 400],
];
const form = (mine: Side, path: string, fields: object): [Test, number][] => [
  [mine.within().post(path).type('form').send(fields), 400],
];
const eachOf = ({ emails, local }: Side): string[] => [...Object.values(emails), local];

const CORE: Readonly<Record<string, Attempt>> = {
  'POST /sign_up': (mine, { local, localUsername: username }) => [
    [
      mine
        .within()
        .post('/sign_up')
        .send({ email: local, ...NEW, ...(username === undefined ? {} : { username }) }),
      201,
    ],
  ],
  'POST /sign_in': (mine, theirs) => [
    ...eachOf(theirs).map((email): [Test, number] => [
      mine.within().post('/sign_in').send({ email, password: theirs.password }),
      401,
    ]),
    ...(theirs.devices === undefined ? [] : withDevice(mine, theirs.devices.device)),
  ],
  'POST /identity/email_verification': (mine, { local: email }) => [
    [mine.within().post('/identity/email_verification').send({ email }), 204],
  ],
  'PUT /identity/email_verification': (mine, theirs) =>
    eachOf(theirs).map((email) => [
      mine.within().put('/identity/email_verification').send({ email, token: theirs.verification }),
      400,
    ]),
  'GET /identity/email_verification': (mine, { person: { email }, verification: token }) =>
    page(mine, '/identity/email_verification', { email, token }),
  'POST /identity/email_verification/confirmation': (mine, { person: { email }, verification: token }) =>
    form(mine, '/identity/email_verification/confirmation', { email, token }),
  'POST /identity/email_verification/denial': (mine, { person: { email }, verification: token }) =>
    form(mine, '/identity/email_verification/denial', { email, token }),
  'GET /identity/email/reversal': (mine, { reversal: token }) =>
    page(mine, '/identity/email/reversal', { token }),
  'POST /identity/email/reversal': (mine, { reversal: token }) =>
    form(mine, '/identity/email/reversal', { token }),
  'POST /identity/password_reset': (mine, { local: email }) => [
    [mine.within().post('/identity/password_reset').send({ email }), 204],
  ],
  'PUT /identity/password_reset': (mine, { reset: token }) => [
    [
      mine
        .within()
        .put('/identity/password_reset')
        .send({ token, ...NEW }),
      400,
    ],
  ],
  'GET /identity/password_reset': (mine, { reset: token }) =>
    page(mine, '/identity/password_reset', { token }),
  'POST /identity/password_reset/completion': (mine, { reset: token }) =>
    form(mine, '/identity/password_reset/completion', { token, ...NEW }),
  // All mails of the developer's own machine: not separated by application.
  'GET /dev/mailbox': () => [],
};

/** Signs in with a user who gets a session, and with a user who gets a challenge. */
const withDevice = (mine: Side, device_id: number): [Test, number][] =>
  [mine.emails.person, ...(mine.secondFactor === undefined ? [] : [mine.emails.keeper])].map((email) => [
    mine.within().post('/sign_in').send({ email, password: mine.password, device_id }),
    422,
  ]);

/** Sends right codes and wrong ones. Wrong ones must not count as failures of the other side's challenge. */
const challenged = (mine: Side, { secondFactor }: Side, way: string): [Test, number][] => {
  const { secret, recoveryCodes, challenge: challenge_token } = secondFactor!;
  const codes = way === 'totp' ? [totp(secret, 1), totp(secret, 1)] : recoveryCodes;
  return [mine.within(), mine.app.anonymous].flatMap((client) =>
    [...codes, ...Array.from({ length: MANY }, () => 'wrong')].map((code): [Test, number] => [
      client.post(`/two_factor_authentication/challenge/${way}`).send({ challenge_token, code }),
      400,
    ]),
  );
};

const SECOND_FACTOR: Readonly<Record<string, Attempt>> = {
  'PUT /two_factor_authentication/profile/totp': (mine, { secondFactor }) => [
    [
      mine
        .within(mine.secondFactor!.begun.token)
        .put('/two_factor_authentication/profile/totp')
        .send({ code: totp(secondFactor!.begun.secret) }),
      422,
    ],
  ],
  'DELETE /two_factor_authentication/profile/totp': (mine, theirs) => [
    [
      mine
        .within(mine.secondFactor!.session)
        .delete('/two_factor_authentication/profile/totp')
        .send({ current_password: mine.password, code: theirs.secondFactor!.recoveryCodes[0] }),
      422,
    ],
  ],
  'POST /two_factor_authentication/profile/recovery_codes': (mine, theirs) => [
    [
      mine
        .within(mine.secondFactor!.session)
        .post('/two_factor_authentication/profile/recovery_codes')
        .send({ current_password: mine.password, code: theirs.secondFactor!.recoveryCodes[0] }),
      422,
    ],
  ],
  'POST /two_factor_authentication/challenge/totp': (mine, theirs) => [
    ...challenged(mine, theirs, 'totp'),
    // The other side's code for a challenge of this side: both accounts have the same address.
    [
      mine
        .within()
        .post('/two_factor_authentication/challenge/totp')
        .send({
          challenge_token: mine.secondFactor!.challenge,
          code: totp(theirs.secondFactor!.secret, 1),
        }),
      401,
    ],
  ],
  'POST /two_factor_authentication/challenge/recovery_codes': (mine, theirs) => [
    ...challenged(mine, theirs, 'recovery_codes'),
    [
      mine.within().post('/two_factor_authentication/challenge/recovery_codes').send({
        challenge_token: mine.secondFactor!.challenge,
        code: theirs.secondFactor!.recoveryCodes[0],
      }),
      401,
    ],
  ],
};

const PASSWORDLESS: Readonly<Record<string, Attempt>> = {
  'POST /sessions/passwordless': (mine, { local: email }) => [
    [mine.within().post('/sessions/passwordless').send({ email }), 204],
  ],
  'PUT /sessions/passwordless': (mine, { passwordless, emails, local }) => {
    const { token, code } = passwordless!;
    // Also in the root realm, where the person has an account: without a key, a code belongs to the root realm.
    const tries = [
      ...Array.from({ length: MANY }, () => ({ client: mine.app.anonymous, email: emails.proven })),
      ...[emails.person, local].flatMap((email) => [
        { client: mine.app.anonymous, email },
        { client: mine.within(), email },
      ]),
      { client: mine.within(), email: emails.proven },
    ];
    return [
      [mine.within().put('/sessions/passwordless').send({ token }), 400],
      ...tries.map(({ client, email }): [Test, number] => [
        client.put('/sessions/passwordless').send({ email, code }),
        400,
      ]),
    ];
  },
  'GET /sessions/passwordless': (mine, { passwordless }) =>
    page(mine, '/sessions/passwordless', { token: passwordless!.token }),
};

const ACTIVITY: Readonly<Record<string, Attempt>> = {
  // The test "list nothing of the other" compares the listed events.
  'GET /authentications/events': (mine, { newestEvent }) => [
    [mine.api.get('/authentications/events').query({ before: newestEvent! + 1 }), 200],
  ],
};

const NOTICES: Readonly<Record<string, Attempt>> = {
  'GET /sessions/notice': (mine, { notice: token }) => page(mine, '/sessions/notice', { token }),
  'POST /sessions/notice/denial': (mine, { notice: token }) =>
    form(mine, '/sessions/notice/denial', { token }),
};

const DEVICES: Readonly<Record<string, Attempt>> = {
  'POST /devices/pairings': (mine) => [[mine.within().post('/devices/pairings').send({ name: 'Lamp' }), 201]],
  'GET /devices/pairings/current': (mine, { devices, person }) =>
    [mine.within(), mine.app.anonymous].flatMap((client) =>
      [devices!.pairingToken, devices!.token, person.token].map((token): [Test, number] => [
        client.get('/devices/pairings/current').set('Authorization', `Bearer ${token}`),
        400,
      ]),
    ),
  'POST /devices/pair': (mine, { devices }) =>
    [mine.api, mine.root].flatMap((client) =>
      [devices!.code, devices!.code.toLowerCase()].map((code): [Test, number] => [
        client.post('/devices/pair').send({ code }),
        404,
      ]),
    ),
};

const PROFILES: Readonly<Record<string, Attempt>> = {
  // A username of the other side is free on this side. The second request restores this side's own.
  'PATCH /profile': (mine, { localUsername }) =>
    [localUsername, 'ada'].map((username) => [mine.api.patch('/profile').send({ username }), 200]),
};

/** Routes that take a secret, a link, an address or a name in body or query. Rows of absent features are not used. */
export const ATTEMPTS: Readonly<Record<string, Attempt>> = {
  ...CORE,
  ...SECOND_FACTOR,
  ...PASSWORDLESS,
  ...ACTIVITY,
  ...NOTICES,
  ...DEVICES,
  ...PROFILES,
};

interface Trial {
  /** the ids for the path */
  readonly of: (theirs: Side, mine: Side) => Ids[];
  /** a body that passes validation */
  readonly body?: object;
}

const SESSION: Trial = { of: ({ person }) => [{ id: person.sessionId }] };
const DEVICE: Trial = { of: ({ devices }) => [{ id: devices!.device }] };
const GROUP: Trial = { of: ({ devices }) => [{ id: devices!.group }] };
const MEMBER: Trial = {
  of: ({ devices: theirs }, { devices: mine }) => [
    { id: theirs!.group, device_id: mine!.device },
    { id: mine!.group, device_id: theirs!.device },
    { id: theirs!.group, device_id: theirs!.device },
  ],
};
const APPLICATION: Trial = { of: ({ application }) => [{ id: application.id }] };
const RENAMED = { body: { name: 'Mine' } };

/** Routes that take ids in their path. */
export const IDS: Readonly<Record<string, Trial>> = {
  'GET /sessions/{id}': SESSION,
  'DELETE /sessions/{id}': SESSION,
  'GET /devices/{id}': DEVICE,
  'PATCH /devices/{id}': { ...DEVICE, ...RENAMED },
  'DELETE /devices/{id}': DEVICE,
  'POST /devices/{id}/tokens': { ...DEVICE, body: { current_password: 'any password' } },
  'DELETE /devices/{id}/tokens': DEVICE,
  'DELETE /device_groups/{id}': GROUP,
  'PUT /device_groups/{id}/devices/{device_id}': MEMBER,
  'DELETE /device_groups/{id}/devices/{device_id}': MEMBER,
  'GET /applications/{id}': APPLICATION,
  'PATCH /applications/{id}': { ...APPLICATION, ...RENAMED },
  'DELETE /applications/{id}': APPLICATION,
  'POST /applications/{id}/api_key': { ...APPLICATION, body: { revoke: true } },
};
