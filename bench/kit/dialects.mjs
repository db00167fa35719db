// How one signs up, signs in and asks who one is. `credentials` takes the answer to a sign-in and gives the headers of
// a signed-in request.
import { bodyOf, cookiesOf, headerOf } from './wire.mjs';

const post = (path, { headers }, body, contains) => ({ method: 'POST', path, headers, body, contains });

export const OURS = {
  signUp: (person) =>
    post(
      '/sign_up',
      person,
      { email: person.email, password: person.password, password_confirmation: person.password },
      person.email,
    ),
  signIn: (person) => post('/sign_in', person, { email: person.email, password: person.password }, '"id":'),
  credentials: (answer) => ({ 'x-session-token': headerOf(answer, 'x-session-token') }),
  current: { path: '/sessions/current', contains: '"current":true' },
};

/** The row of the statement as JSON. */
export const BARE = { current: { path: '/', contains: 'person0@example.com' } };

export const BARE_HASH = {
  signIn: ({ password, headers }) => post('/', { headers }, { password }, 'true'),
};

/** A route that answers the same whoever asks. */
export const PROBE = { current: { path: '/probe', contains: '{"ok":true}' } };

// Browsers send Origin with every POST.
const ORIGIN = { origin: 'http://127.0.0.1:3000' };

export const BETTER_AUTH = {
  signUp: ({ email, password }) =>
    post('/api/auth/sign-up/email', { headers: ORIGIN }, { name: email, email, password }, email),
  signIn: ({ email, password, headers }) =>
    post('/api/auth/sign-in/email', { headers: { ...ORIGIN, ...headers } }, { email, password }, email),
  credentials: (answer) => ({ cookie: cookiesOf(answer) }),
  current: { path: '/api/auth/get-session', contains: 'person0@example.com' },
};

export const PASSPORT = {
  signUp: (person) =>
    post('/sign_up', person, { email: person.email, password: person.password }, person.email),
  signIn: (person) =>
    post('/sign_in', person, { email: person.email, password: person.password }, person.email),
  credentials: (answer) => ({ cookie: cookiesOf(answer) }),
  current: { path: '/me', contains: 'person0@example.com' },
};

/** Its sign-in checks nothing: only the guard is measured. */
export const JWT = {
  signIn: ({ email }) => post('/sign_in', {}, { email }, 'token'),
  credentials: (answer) => ({ authorization: `Bearer ${bodyOf(answer).token}` }),
  current: { path: '/me', contains: 'person0@example.com' },
};
