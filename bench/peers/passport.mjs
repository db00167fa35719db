// express-session with its rows in Postgres (connect-pg-simple), and Passport. Passwords are hashed with argon2 and our
// parameters, so that a sign-in differs only in what stands around the hash.
import process from 'node:process';
import { once } from 'node:events';
import { argon2id, hash, verify } from 'argon2';
import connectPgSimple from 'connect-pg-simple';
import express from 'express';
import session from 'express-session';
import passport from 'passport';
import { Strategy } from 'passport-local';
import pg from 'pg';
import { DEFAULTS } from '../../dist/authentication/core/settings/defaults.js';
import { report } from '../kit/report.mjs';

const HASHING = {
  type: argon2id,
  memoryCost: DEFAULTS.HASHING_MEMORY_KIB,
  timeCost: DEFAULTS.HASHING_PASSES,
  parallelism: DEFAULTS.HASHING_LANES,
};

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
await pool.query(
  'CREATE TABLE users (id serial PRIMARY KEY, email text NOT NULL UNIQUE, password_digest text NOT NULL)',
);

async function only(text, values) {
  const { rows } = await pool.query(text, values);
  return rows[0];
}

passport.use(
  new Strategy({ usernameField: 'email' }, (email, password, done) => {
    authenticate(email, password).then((user) => done(null, user), done);
  }),
);
passport.serializeUser(({ id }, done) => done(null, id));
passport.deserializeUser((id, done) => {
  only('SELECT id, email FROM users WHERE id = $1', [id]).then((user) => done(null, user ?? false), done);
});

async function authenticate(email, password) {
  const user = await only('SELECT id, email, password_digest FROM users WHERE email = $1', [email]);
  if (user === undefined || !(await verify(user.password_digest, password))) return false;
  return { id: user.id, email: user.email };
}

const Store = connectPgSimple(session);
const application = express()
  .use(
    session({
      store: new Store({ pool, createTableIfMissing: true }),
      secret: 'a secret of this benchmark, which protects nothing',
      resave: false,
      saveUninitialized: false,
      cookie: { maxAge: 30 * 24 * 60 * 60 * 1000 },
    }),
  )
  .use(passport.session())
  .use(express.json())
  .post('/sign_up', async ({ body: { email, password } }, response) => {
    const digest = await hash(password, HASHING);
    await pool.query('INSERT INTO users (email, password_digest) VALUES ($1, $2)', [email, digest]);
    response.json({ email });
  })
  .post('/sign_in', passport.authenticate('local'), ({ user }, response) => response.json(user))
  .get('/me', (request, response) => {
    if (!request.isAuthenticated()) response.sendStatus(401);
    else response.json({ user: request.user, session: { id: request.sessionID, ...request.session.cookie } });
  });

const server = application.listen(0, '127.0.0.1');
await once(server, 'listening');
process.once('SIGINT', () => process.exit(0));
report(server);
