import { DEFAULTS } from '../authentication/core/settings/defaults.js';
import { HOST_DEFAULTS } from './defaults.js';
import { HTTP_ADAPTERS } from './http-adapters.js';

/** Every environment variable that the server reads, with its default and its meaning. README has the same table. */
export const VARIABLES: Readonly<Record<string, { fallback: string; meaning: string }>> = {
  NODE_ENV: {
    fallback: '',
    meaning: 'with `production` the server needs `DATABASE_URL`, `APP_URL`, `SMTP_URL` and `SECRET_KEY`',
  },
  HOST: { fallback: HOST_DEFAULTS.HOST, meaning: 'address to listen on' },
  PORT: { fallback: String(HOST_DEFAULTS.PORT), meaning: 'port to listen on; 0 takes any free port' },
  METRICS_PORT: {
    fallback: '',
    meaning: 'port of `/metrics` for Prometheus, apart from `PORT`; unset: there are no metrics',
  },
  METRICS_HOST: { fallback: HOST_DEFAULTS.METRICS_HOST, meaning: 'address of `/metrics`' },
  DATABASE_URL: {
    fallback: HOST_DEFAULTS.DATABASE_URL,
    meaning:
      '`postgres://…` for a Postgres server; `pglite:DIR` or `pglite:memory` for the embedded database',
  },
  DATABASE_POOL_SIZE: {
    fallback: String(HOST_DEFAULTS.DATABASE_POOL_SIZE),
    meaning: 'largest number of connections to a Postgres server',
  },
  DATABASE_POOLER: {
    fallback: HOST_DEFAULTS.DATABASE_POOLER,
    meaning: '`transaction` behind PgBouncer in transaction mode; else `session`',
  },
  SMTP_URL: {
    fallback: '',
    meaning: '`smtp://…` or `smtps://…`; unset: mails are kept and shown at `/dev/mailbox`',
  },
  SMTP_NAME: {
    fallback: 'host of APP_URL',
    meaning: 'name of this machine in EHLO, if the mail server wants another',
  },
  MAIL_FROM: { fallback: 'APP_NAME <no-reply@localhost>', meaning: 'sender of the mails' },
  APP_NAME: { fallback: DEFAULTS.APP_NAME, meaning: 'name of the application in mails and on pages' },
  APP_URL: {
    fallback: 'http://HOST:PORT',
    meaning:
      'address at which users reach the server; links in mails start with it; needed when `HOST` is `0.0.0.0` or `::`',
  },
  EMAIL_VERIFICATION_URL: {
    fallback: 'APP_URL/identity/email_verification',
    meaning: 'page of your front end for the link in the mail; called with `?email=&token=`',
  },
  PASSWORD_RESET_URL: {
    fallback: 'APP_URL/identity/password_reset',
    meaning: 'page of your front end for the link in the mail; called with `?token=`',
  },
  PASSWORDLESS_URL: {
    fallback: 'APP_URL/sessions/passwordless',
    meaning: 'page of your front end for the link in the mail; called with `?token=`',
  },
  SECRET_KEY: {
    fallback: 'kept in .data/secret-key',
    meaning: 'keys of 32 bytes in base64, comma-separated: the first encrypts, all decrypt',
  },
  ROUTE_PREFIX: { fallback: '', meaning: 'path in front of every route, such as `/auth`' },
  CORS_ORIGINS: {
    fallback: '',
    meaning:
      'origins of pages and apps (`capacitor://localhost`) that may call the server from a browser, comma-separated',
  },
  CORS_HEADERS: {
    fallback: '',
    meaning: 'further request headers that these pages may send, such as `traceparent`, comma-separated',
  },
  REDIS_URL: {
    fallback: '',
    meaning: 'Redis server for the per-client throttle counters that instances share',
  },
  TRUSTED_PROXIES: {
    fallback: '',
    meaning: 'addresses and subnets of proxies whose `X-Forwarded-For` is trusted, comma-separated',
  },
  REQUIRE_VERIFIED_EMAIL: {
    fallback: String(DEFAULTS.REQUIRE_VERIFIED_EMAIL),
    meaning: 'signing in requires a confirmed address',
  },
  CONCEAL_ACCOUNTS: {
    fallback: String(DEFAULTS.CONCEAL_ACCOUNTS),
    meaning: 'no answer tells whether an address is registered; sign-in requires a verified one',
  },
  PASSWORD_MIN_LENGTH: {
    fallback: String(DEFAULTS.PASSWORD_MIN_LENGTH),
    meaning: 'shortest password, in Unicode code points',
  },
  PWNED_URL: {
    fallback: '',
    meaning:
      'range API of leaked passwords, such as `https://api.pwnedpasswords.com`; unset: new passwords are not checked',
  },
  SESSION_IDLE_DAYS: {
    fallback: String(DEFAULTS.SESSION_IDLE_DAYS),
    meaning: 'days without a request after which a session ends',
  },
  SESSION_ABSOLUTE_DAYS: {
    fallback: String(DEFAULTS.SESSION_ABSOLUTE_DAYS),
    meaning: 'days after which a session ends in any case',
  },
  SESSION_CACHE: {
    fallback: 'false',
    meaning:
      'keeps live sessions in the process; a revoked one is refused within milliseconds, at most the lease',
  },
  SESSION_CACHE_ENTRIES: { fallback: '10000', meaning: 'tokens that the cache keeps, at most' },
  SESSION_CACHE_SECONDS: { fallback: '60', meaning: 'seconds that the cache keeps a token, at most' },
  SESSION_CACHE_LEASE_SECONDS: {
    fallback: '3',
    meaning: 'the lease: seconds that the cache answers without a word from Postgres',
  },
  SESSION_CACHE_URL: {
    fallback: '',
    meaning: '`postgres://…` of the server itself, for the cache, if `DATABASE_URL` goes through a pooler',
  },
  THROTTLE_FACTOR: {
    fallback: String(DEFAULTS.THROTTLE_FACTOR),
    meaning: 'multiplies every limit except that of second factors',
  },
  HASHING_MEMORY_KIB: {
    fallback: String(DEFAULTS.HASHING_MEMORY_KIB),
    meaning: 'memory of one argon2id hash, in KiB',
  },
  HASHING_PASSES: {
    fallback: String(DEFAULTS.HASHING_PASSES),
    meaning: 'passes over the memory for one hash',
  },
  HASHING_LANES: { fallback: String(DEFAULTS.HASHING_LANES), meaning: 'parallel lanes of one hash' },
  HASHING_CONCURRENCY: {
    fallback: 'one less than processors',
    meaning: 'hashes computed at the same time; below `UV_THREADPOOL_SIZE`, at least 1',
  },
  HASHING_QUEUE: {
    fallback: String(DEFAULTS.HASHING_QUEUE),
    meaning: 'hashes that may wait, a quarter of them for one client; else 503',
  },
  UV_THREADPOOL_SIZE: {
    fallback: String(DEFAULTS.UV_THREADPOOL_SIZE),
    meaning:
      'threads that hashes share with files and DNS; Node reads it before `.env`, so set it in the environment',
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
    meaning: 'seconds after SIGTERM in which requests are still answered while readiness fails',
  },
  STOP_SECONDS: {
    fallback: String(HOST_DEFAULTS.STOP_SECONDS),
    meaning: 'seconds from SIGTERM to the end of the process, at most; `DRAIN_SECONDS` is part of them',
  },
};
