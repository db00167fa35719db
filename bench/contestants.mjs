// Who is measured: the file of the server, what one asks it for (kit/dialects.mjs), and the packages whose versions
// matter. `needs` names a file without which a contestant is left out.
import { BARE, BARE_HASH, BETTER_AUTH, JWT, OURS, PASSPORT, PROBE } from './kit/dialects.mjs';

const NEST = ['@nestjs/core', 'typeorm', 'pg'];
const SHIPPED = 'kit/shipped.mjs';
const GUARDED = 'contestants/guarded.mjs';
const CACHE = {
  settings: { SESSION_CACHE: 'true' },
  needs: 'dist/authentication/features/session-cache',
};

/** `schema: true`: a copy of our database with people in it. `seeded`: its requests carry the token of one of them. */
const ours = (name, label, file, args, more = {}) => ({
  name,
  label,
  file,
  args,
  dialect: OURS,
  schema: true,
  packages: [...NEST, ...(args[0] === 'express' ? ['express'] : [])],
  ...more,
});

const peer = (name, label, file, args, dialect, packages) => ({
  name,
  label,
  file,
  args,
  dialect,
  isPeer: true,
  packages,
});

export const BARE_REQUEST = {
  ...ours('bare', 'bare node:http + pg', 'contestants/bare.mjs', [], { dialect: BARE }),
  packages: ['pg'],
};

const BETTER_AUTH_PEER = peer('better-auth', 'Better Auth', 'peers/better-auth.mjs', [], BETTER_AUTH, [
  'better-auth',
  'pg',
]);

const PASSPORT_PEER = peer(
  'passport',
  'express-session, connect-pg-simple, Passport',
  'peers/passport.mjs',
  [],
  PASSPORT,
  ['express', 'express-session', 'connect-pg-simple', 'passport', 'passport-local', 'argon2', 'pg'],
);

/** Those of an authenticated GET. */
export const ON_REQUESTS = [
  BARE_REQUEST,
  ours('guarded-fastify', 'ours, guard and controller, Fastify', GUARDED, ['fastify']),
  ours('shipped-fastify', 'ours, as shipped, Fastify', SHIPPED, ['fastify']),
  ours('guarded-express', 'ours, guard and controller, Express', GUARDED, ['express']),
  ours('shipped-express', 'ours, as shipped, Express', SHIPPED, ['express']),
  ours('guard-fastify', 'ours, guard alone, Fastify', 'contestants/guard-alone.mjs', ['fastify'], {
    dialect: PROBE,
  }),
  ours('guard-express', 'ours, guard alone, Express', 'contestants/guard-alone.mjs', ['express'], {
    dialect: PROBE,
  }),
  ours(
    'host-express',
    'Nest on Express, a guard that does nothing',
    'contestants/host.mjs',
    ['express', 'nothing'],
    { dialect: PROBE },
  ),
  ours(
    'host-statement-express',
    'Nest on Express, a guard with the bare statement',
    'contestants/host.mjs',
    ['express', 'statement'],
    { dialect: PROBE },
  ),
  ours(
    'guarded-fastify-cache',
    'ours with cache, guard and controller, Fastify',
    GUARDED,
    ['fastify'],
    CACHE,
  ),
  ours('shipped-fastify-cache', 'ours with cache, as shipped, Fastify', SHIPPED, ['fastify'], CACHE),
  ours(
    'guarded-express-cache',
    'ours with cache, guard and controller, Express',
    GUARDED,
    ['express'],
    CACHE,
  ),
  ours('shipped-express-cache', 'ours with cache, as shipped, Express', SHIPPED, ['express'], CACHE),
  ours(
    'guard-fastify-cache',
    'ours with cache, guard alone, Fastify',
    'contestants/guard-alone.mjs',
    ['fastify'],
    {
      ...CACHE,
      dialect: PROBE,
    },
  ),
  ours(
    'guard-express-cache',
    'ours with cache, guard alone, Express',
    'contestants/guard-alone.mjs',
    ['express'],
    {
      ...CACHE,
      dialect: PROBE,
    },
  ),
  PASSPORT_PEER,
  BETTER_AUTH_PEER,
  peer(
    'better-auth-cookie-cache',
    'Better Auth with its cookie cache',
    'peers/better-auth.mjs',
    ['cookie-cache'],
    BETTER_AUTH,
    ['better-auth', 'pg'],
  ),
  peer('nest-jwt', 'a JWT guard on Nest, no look-up, Fastify', 'peers/nest-jwt.mjs', [], JWT, [
    '@nestjs/jwt',
    '@nestjs/core',
  ]),
];

const SHIPPED_ARGON2 = ours('shipped-argon2', 'ours, as shipped, argon2', SHIPPED, ['fastify'], {
  packages: ['argon2', ...NEST],
});

const SHIPPED_NODE_RS = ours(
  'shipped-node-rs',
  'ours, as shipped, node-rs',
  'contestants/shipped-node-rs.mjs',
  ['fastify'],
  {
    packages: ['@node-rs/argon2', ...NEST],
    needs: 'dist/authentication/core/passwords/node-rs-hashing.js',
  },
);

/** Those of a sign-in. */
export const ON_SIGN_INS = [
  {
    name: 'bare-hash',
    label: 'bare node:http + argon2, no database',
    file: 'contestants/bare-hash.mjs',
    args: [],
    dialect: BARE_HASH,
    packages: ['argon2'],
  },
  SHIPPED_ARGON2,
  SHIPPED_NODE_RS,
  { ...PASSPORT_PEER, label: 'express-session, connect-pg-simple, Passport, argon2' },
  { ...BETTER_AUTH_PEER, label: 'Better Auth, its scrypt (N 16384, r 16)' },
];

/** Those of authenticated GETs while others sign in. */
export const ON_THE_MIX = [SHIPPED_ARGON2, SHIPPED_NODE_RS, PASSPORT_PEER, BETTER_AUTH_PEER];
