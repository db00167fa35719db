import type { Environment, SettingFaults } from './environment.js';

const NEEDED = {
  DATABASE_URL: 'postgres://… for a Postgres server',
  APP_URL: 'the address at which users reach the server',
  SMTP_URL: 'smtp://… for the mails, which would otherwise stay in the development mailbox',
  SECRET_KEY: 'one or more keys from openssl rand -base64 32',
} as const;

export type NeededVariable = keyof typeof NEEDED;

/** Notes all variables that production needs and that are unset, in one line. @param ofHost besides APP_URL and SECRET_KEY */
export function noteMissing(
  environment: Environment,
  faults: SettingFaults,
  ofHost: readonly NeededVariable[] = [],
): void {
  const needed: readonly string[] = ['APP_URL', 'SECRET_KEY', ...ofHost];
  const missing = Object.entries(NEEDED).filter(
    ([name]) => needed.includes(name) && environment.optional(name) === null,
  );
  if (missing.length === 0) return;
  const names = missing.map(([name]) => name).join(', ');
  const hints = missing.map(([name, hint]) => `${name}: ${hint}`).join('; ');
  faults.note(`${names} must be set in production (${hints})`);
}
