import { DEFAULTS } from '../authentication/core/settings/defaults.js';
import { HOST_DEFAULTS } from './defaults.js';
import { HTTP_ADAPTERS } from './http-adapters.js';

/** Every environment variable that the server reads, with its default, for people. README's table is made of it. */
export const VARIABLES: Readonly<Record<string, { fallback: string; meaning: string }>> = {
  NODE_ENV: { fallback: '', meaning: '`production` refuses to start without `SMTP_URL` and `SECRET_KEY`' },
  HOST: { fallback: HOST_DEFAULTS.HOST, meaning: 'address to listen on' },
  PORT: { fallback: String(HOST_DEFAULTS.PORT), meaning: 'port to listen on; 0 for any that is free' },
  DATABASE_URL: {
    fallback: HOST_DEFAULTS.DATABASE_URL,
    meaning: '`postgres://…` for a server; `pglite:DIR` or `pglite:memory` for the embedded database',
  },
  DATABASE_POOL_SIZE: {
    fallback: String(HOST_DEFAULTS.DATABASE_POOL_SIZE),
    meaning: 'connections to a Postgres server',
  },
  SMTP_URL: { fallback: '', meaning: '`smtp://…` or `smtps://…`; unset: mails go to `/dev/mailbox`' },
  MAIL_FROM: { fallback: 'APP_NAME <no-reply@localhost>', meaning: 'sender of the mails' },
  APP_NAME: { fallback: DEFAULTS.APP_NAME, meaning: 'name in mails and pages' },
  APP_URL: { fallback: 'http://HOST:PORT', meaning: 'base of mailed links' },
  EMAIL_VERIFICATION_URL: {
    fallback: 'APP_URL/identity/email_verification',
    meaning: 'page of your front end that takes `?email=&token=`',
  },
  PASSWORD_RESET_URL: {
    fallback: 'APP_URL/identity/password_reset',
    meaning: 'page of your front end that takes `?token=`',
  },
  PASSWORDLESS_URL: {
    fallback: 'APP_URL/sessions/passwordless',
    meaning: 'page of your front end that takes `?token=`',
  },
  SECRET_KEY: {
    fallback: 'kept in .data/secret-key',
    meaning: 'base64 keys of 32 bytes, comma-separated: the first encrypts, all decrypt',
  },
  ROUTE_PREFIX: { fallback: '', meaning: 'path before every route' },
  CORS_ORIGINS: { fallback: '', meaning: 'origins that may call from a browser, comma-separated' },
  REDIS_URL: { fallback: '', meaning: 'per-client throttle counters shared between instances' },
  TRUSTED_PROXIES: { fallback: '', meaning: 'addresses and subnets whose `X-Forwarded-For` is believed' },
  REQUIRE_VERIFIED_EMAIL: {
    fallback: String(DEFAULTS.REQUIRE_VERIFIED_EMAIL),
    meaning: 'sign-in wants a confirmed address',
  },
  CONCEAL_ACCOUNTS: {
    fallback: String(DEFAULTS.CONCEAL_ACCOUNTS),
    meaning: 'sign-up never tells whether an address is registered',
  },
  PASSWORD_MIN_LENGTH: { fallback: String(DEFAULTS.PASSWORD_MIN_LENGTH), meaning: 'code points' },
  PWNED_URL: {
    fallback: '',
    meaning: 'the breach range API, such as `https://api.pwnedpasswords.com`; unset: nobody is asked',
  },
  SESSION_IDLE_DAYS: {
    fallback: String(DEFAULTS.SESSION_IDLE_DAYS),
    meaning: 'a session ends after so long without a request',
  },
  SESSION_ABSOLUTE_DAYS: {
    fallback: String(DEFAULTS.SESSION_ABSOLUTE_DAYS),
    meaning: 'a session ends after so long in any case',
  },
  THROTTLE_FACTOR: {
    fallback: String(DEFAULTS.THROTTLE_FACTOR),
    meaning: 'multiplies every limit but that of second factors',
  },
  HASHING_MEMORY_KIB: {
    fallback: String(DEFAULTS.HASHING_MEMORY_KIB),
    meaning: 'memory of one argon2id hash',
  },
  HASHING_PASSES: { fallback: String(DEFAULTS.HASHING_PASSES), meaning: 'passes of one hash' },
  HASHING_LANES: { fallback: String(DEFAULTS.HASHING_LANES), meaning: 'lanes of one hash' },
  HASHING_CONCURRENCY: {
    fallback: String(DEFAULTS.HASHING_CONCURRENCY),
    meaning: 'hashes at a time, below `UV_THREADPOOL_SIZE`',
  },
  HASHING_QUEUE: {
    fallback: String(DEFAULTS.HASHING_QUEUE),
    meaning: 'hashes that may wait; one more is answered 503',
  },
  UV_THREADPOOL_SIZE: {
    fallback: String(DEFAULTS.UV_THREADPOOL_SIZE),
    meaning: "Node's own, not from `.env`: the threads that hashes share with files and DNS",
  },
  HTTP_ADAPTER: {
    fallback: HOST_DEFAULTS.HTTP_ADAPTER,
    meaning: HTTP_ADAPTERS.map((name) => `\`${name}\``).join(' or '),
  },
  LOG_LEVEL: {
    fallback: HOST_DEFAULTS.LOG_LEVEL,
    meaning: '`trace`, `debug`, `info`, `warn`, `error` or `silent`',
  },
  DRAIN_SECONDS: {
    fallback: String(HOST_DEFAULTS.DRAIN_SECONDS),
    meaning: 'requests are still taken so long after SIGTERM, while readiness fails',
  },
};
