import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Logger } from '@nestjs/common';
import { addressRanges, type AddressRange } from '../clients/address.js';
import { DEFAULTS } from './defaults.js';
import { baseOf, Environment, SettingFaults } from './environment.js';
import { heloName, nameOfHost } from './helo-name.js';
import { senderOf } from './mail-sender.js';
import { noteMissing, type NeededVariable } from './needed-variables.js';

const DAY_SECONDS = 86_400;
const KEY_BYTES = 32;

export interface HashingParameters {
  /** KiB */
  memoryCost: number;
  timeCost: number;
  parallelism: number;
  /** hashes at a time; fewer than libuv's threads, which DNS lookups and file access need, too */
  concurrency: number;
  /** hashes that may wait; a further one is answered 503 */
  queue: number;
}

/** All settings of the authentication module. `authenticationSettings` reads them from the environment. */
export interface AuthenticationSettings {
  appName: string;
  /** base of mailed links, without a trailing slash; may have a path */
  appUrl: string;
  /** the prefix of all our routes: '' or '/auth' */
  routePrefix: string;
  emailVerificationUrl: string;
  passwordResetUrl: string;
  /** as `senderOf` reads it */
  mailFrom: string;
  /** null: mails go to the development mailbox */
  smtpUrl: string | null;
  /** the name of this machine for the mail server (EHLO); null: nodemailer's default */
  smtpName: string | null;
  redisUrl: string | null;
  /** made by `addressRanges` */
  trustedProxies: readonly AddressRange[];
  requireVerifiedEmail: boolean;
  concealAccounts: boolean;
  /** code points */
  passwordMinLength: number;
  sessionIdleSeconds: number;
  sessionAbsoluteSeconds: number;
  throttleFactor: number;
  hashing: HashingParameters;
  /** 32 bytes each; the first encrypts, all of them decrypt */
  secretKeys: readonly Buffer[];
  /** the variables themselves, for the settings of optional features */
  environment: Environment;
}

/** What the host gives beside the variables. */
export interface HostValues {
  /** its URL, for an unset APP_URL */
  appUrl?: string;
  /** a key that it stores, for an unset SECRET_KEY outside production */
  secretKey?: () => string;
  /** variables that production needs besides APP_URL and SECRET_KEY */
  needed?: readonly NeededVariable[];
}

/**
 * Reads the settings of this module.
 * @throws SettingError for all that is missing or wrong, in one line
 */
export function authenticationSettings(
  values: Readonly<Record<string, string | undefined>>,
  host: HostValues = {},
): AuthenticationSettings {
  const environment = new Environment(values);
  const faults = new SettingFaults();
  if (isProduction(environment)) noteMissing(environment, faults, host.needed);
  const appUrl =
    faults.try(() => environment.base('APP_URL')) ?? baseOf(new URL(host.appUrl ?? DEFAULTS.APP_URL));
  const routePrefix = faults.try(() => prefix(environment));
  const appName = environment.text('APP_NAME', DEFAULTS.APP_NAME);
  const settings: AuthenticationSettings = {
    appName,
    appUrl,
    routePrefix,
    ...faults.try(() => pagesOf({ environment, appUrl, routePrefix })),
    ...faults.try(() => ({ mailFrom: sender(environment, appName) })),
    smtpUrl: faults.try(() => environment.url('SMTP_URL', ['smtp:', 'smtps:'])?.href ?? null),
    smtpName: faults.try(() => smtpName(environment, appUrl)),
    redisUrl: faults.try(() => environment.url('REDIS_URL', ['redis:', 'rediss:'])?.href ?? null),
    trustedProxies: faults.try(() => proxies(environment)),
    ...accountRules(environment, faults),
    throttleFactor: faults.try(() =>
      environment.positive('THROTTLE_FACTOR', { max: 1_000_000, fallback: DEFAULTS.THROTTLE_FACTOR }),
    ),
    hashing: faults.try(() => hashing(environment)),
    secretKeys: faults.try(() => secretKeys(environment, host.secretKey)),
    environment,
  };
  faults.throwIfAny();
  return settings;
}

function accountRules(environment: Environment, faults: SettingFaults) {
  const days = (name: 'SESSION_IDLE_DAYS' | 'SESSION_ABSOLUTE_DAYS'): number =>
    faults.try(() => environment.positive(name, { max: 3650, fallback: DEFAULTS[name] })) * DAY_SECONDS;
  const flag = (name: 'REQUIRE_VERIFIED_EMAIL' | 'CONCEAL_ACCOUNTS'): boolean =>
    faults.try(() => environment.flag(name, DEFAULTS[name]));
  return {
    requireVerifiedEmail: flag('REQUIRE_VERIFIED_EMAIL'),
    concealAccounts: flag('CONCEAL_ACCOUNTS'),
    passwordMinLength: faults.try(() =>
      environment.whole('PASSWORD_MIN_LENGTH', { min: 8, max: 128, fallback: DEFAULTS.PASSWORD_MIN_LENGTH }),
    ),
    sessionIdleSeconds: days('SESSION_IDLE_DAYS'),
    sessionAbsoluteSeconds: days('SESSION_ABSOLUTE_DAYS'),
  };
}

type Where = Pick<AuthenticationSettings, 'environment' | 'appUrl' | 'routePrefix'>;

function pagesOf(where: Where): Pick<AuthenticationSettings, 'emailVerificationUrl' | 'passwordResetUrl'> {
  return {
    emailVerificationUrl: pageUrl(where, 'EMAIL_VERIFICATION_URL', '/identity/email_verification'),
    passwordResetUrl: pageUrl(where, 'PASSWORD_RESET_URL', '/identity/password_reset'),
  };
}

/** The same settings, with a route prefix that was given in code: '' or '/auth'. */
export function behindPrefix(settings: AuthenticationSettings, routePrefix: string): AuthenticationSettings {
  return { ...settings, routePrefix, ...pagesOf({ ...settings, routePrefix }) };
}

/** The page of a mailed link: one of your front end if the variable `name` is set, else ours at `path`. */
export function pageUrl({ environment, appUrl, routePrefix }: Where, name: string, path: string): string {
  return environment.url(name, ['http:', 'https:'])?.href ?? `${appUrl}${routePrefix}${path}`;
}

function prefix(environment: Environment): string {
  const value = environment.text('ROUTE_PREFIX', '');
  const path = routePrefixOf(value);
  if (path !== null) return path;
  throw environment.refuse('ROUTE_PREFIX', value, 'a path of letters, digits and . _ ~ -, such as auth');
}

/** 'auth', '/auth' and '/auth/' are '/auth'. @returns null for a text that is not a path */
export function routePrefixOf(text: string): string | null {
  const path = text.replace(/^\/+|\/+$/g, '');
  if (path === '') return '';
  return /^[\w.~-]+(\/[\w.~-]+)*$/.test(path) ? `/${path}` : null;
}

function sender(environment: Environment, appName: string): string {
  const value = environment.optional('MAIL_FROM');
  if (value === null) {
    const name = appName.replace(/[\p{Cc}"\\<>@,;:]/gu, '').slice(0, 200);
    return `${name} <no-reply@localhost>`;
  }
  if (senderOf(value) !== null) return value;
  throw environment.refuse('MAIL_FROM', value, 'an address, such as "Acme <no-reply@acme.example>"');
}

function smtpName(environment: Environment, appUrl: string): string | null {
  const value = environment.optional('SMTP_NAME');
  if (value === null) return nameOfHost(new URL(appUrl).hostname);
  const name = heloName(value);
  if (name !== null) return name;
  throw environment.refuse('SMTP_NAME', value, 'the name of this machine, such as app.acme.example');
}

export function isProduction(environment: Environment): boolean {
  return environment.optional('NODE_ENV') === 'production';
}

function proxies(environment: Environment): AddressRange[] {
  return environment.list('TRUSTED_PROXIES').flatMap((entry) => {
    const ranges = addressRanges(entry);
    if (ranges !== null) return ranges;
    throw environment.refuse('TRUSTED_PROXIES', entry, 'addresses and subnets, such as 10.0.0.0/8,::1');
  });
}

/**
 * Leaves a processor to the event loop, and a thread to DNS and files: with a hash on each processor, every other
 * request waited for them.
 */
export function hashesAtOnce(processors: number, pool: number): number {
  return Math.max(1, Math.min(processors, pool) - 1);
}

function hashing(environment: Environment): HashingParameters {
  const pool = environment.whole('UV_THREADPOOL_SIZE', {
    min: 1,
    max: 1024,
    fallback: DEFAULTS.UV_THREADPOOL_SIZE,
  });
  const concurrency = environment.whole('HASHING_CONCURRENCY', {
    min: 1,
    max: Math.max(1, pool - 1),
    fallback: hashesAtOnce(availableParallelism(), pool),
  });
  return {
    memoryCost: environment.whole('HASHING_MEMORY_KIB', {
      min: 1024,
      max: 1_048_576,
      fallback: DEFAULTS.HASHING_MEMORY_KIB,
    }),
    timeCost: environment.whole('HASHING_PASSES', { min: 1, max: 16, fallback: DEFAULTS.HASHING_PASSES }),
    parallelism: environment.whole('HASHING_LANES', { min: 1, max: 16, fallback: DEFAULTS.HASHING_LANES }),
    concurrency,
    queue: environment.whole('HASHING_QUEUE', { min: 0, max: 10_000, fallback: DEFAULTS.HASHING_QUEUE }),
  };
}

function secretKeys(environment: Environment, fallback?: () => string): Buffer[] {
  const given = environment.list('SECRET_KEY');
  // Production needs a key of its own, which `noteMissing` has told.
  if (given.length === 0 && isProduction(environment)) return [];
  const encoded = given.length > 0 ? given : fallback === undefined ? [] : [fallback()];
  return encoded.map((text) => {
    const key = Buffer.from(text, 'base64');
    if (key.length !== KEY_BYTES) {
      throw environment.refuseSecret('SECRET_KEY', 'base64 keys of 32 bytes, comma-separated');
    }
    return key;
  });
}

const fleetingKeys = new WeakMap<AuthenticationSettings, readonly Buffer[]>();

/**
 * The keys for features that store secrets. Outside production, a server without SECRET_KEY uses a random key, which is
 * lost when the process ends, and logs a warning.
 */
export function secretKeysFor(feature: string, settings: AuthenticationSettings): readonly Buffer[] {
  if (settings.secretKeys.length > 0) return settings.secretKeys;
  new Logger('Authentication').warn({
    event: 'secret_key_unset',
    hint: `SECRET_KEY is not set: secrets of ${feature} are lost when this process ends. Make a key: openssl rand -base64 32`,
  });
  const keys = fleetingKeys.get(settings) ?? [randomBytes(KEY_BYTES)];
  fleetingKeys.set(settings, keys);
  return keys;
}
