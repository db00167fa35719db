import {
  Module,
  type DynamicModule,
  type FactoryProvider,
  type ModuleMetadata,
  type Provider,
  type ValueProvider,
} from '@nestjs/common';
import type { AuthenticationOptions } from './authentication.options.js';
import { assertOptions } from './checked-options.js';
import { DATABASE_CONNECTION } from './core/database/data-source.js';
import { assertMailsLeave, OWN_MAIL_TRANSPORT } from './core/mail/mail-transport.js';
import { METRICS } from './core/metrics/authentication-metrics.js';
import { OWN_PASSWORD_HASHING } from './core/passwords/password-hashing.js';
import {
  authenticationSettings,
  behindPrefix,
  type AuthenticationSettings,
} from './core/settings/authentication.settings.js';
import { SettingError } from './core/settings/environment.js';
import { SETTINGS } from './core/settings/settings.js';
import { OWN_REALM_RESOLVER } from './http/realm/request-realms.js';

export const OPTIONS = Symbol('authentication options');

const part = (token: symbol, of: (options: AuthenticationOptions) => unknown): Provider => ({
  provide: token,
  inject: [OPTIONS],
  useFactory: of,
});

/** Provides each option of `forRoot` and `forRootAsync` under a token of its own, for the part that uses it. */
@Module({})
export class OptionsModule {
  static of(
    options: FactoryProvider<AuthenticationOptions> | ValueProvider<AuthenticationOptions>,
    routePrefix: string,
    imports: ModuleMetadata['imports'] = [],
  ): DynamicModule {
    const parts = [
      settingsOf(options, routePrefix),
      // Injects SETTINGS, so that an invalid setting stops the start before the database is opened.
      {
        provide: DATABASE_CONNECTION,
        inject: [OPTIONS, SETTINGS],
        useFactory: ({ database }: AuthenticationOptions) => database,
      },
      part(OWN_MAIL_TRANSPORT, ({ mail = null }) => mail),
      part(OWN_PASSWORD_HASHING, ({ hasher = null }) => hasher),
      part(METRICS, ({ metrics = {} }) => metrics),
      part(OWN_REALM_RESOLVER, ({ realms = null }) => realms),
    ];
    return { module: OptionsModule, global: true, imports, providers: [options, ...parts], exports: parts };
  }
}

/** Known options are a value, which is there even for a document that is printed without starting the application. */
function settingsOf(
  options: FactoryProvider<AuthenticationOptions> | ValueProvider<AuthenticationOptions>,
  routePrefix: string,
): Provider {
  if ('useValue' in options)
    return { provide: SETTINGS, useValue: checkedSettings(options.useValue, routePrefix) };
  return part(SETTINGS, (given) => {
    assertOptions(given, true);
    return checkedSettings(given, routePrefix);
  });
}

/** @throws SettingError */
function checkedSettings(
  { settings: given, mail }: AuthenticationOptions,
  routePrefix: string,
): AuthenticationSettings {
  const settings =
    given ?? authenticationSettings(process.env, { needed: mail === undefined ? ['SMTP_URL'] : [] });
  assertMailsLeave(settings, mail ?? null);
  if (settings.routePrefix === routePrefix) return settings;
  if (settings.routePrefix === '') return behindPrefix(settings, routePrefix);
  throw new SettingError(
    `ROUTE_PREFIX is ${JSON.stringify(settings.routePrefix)}, but forRootAsync() registered the routes ` +
      `under ${JSON.stringify(routePrefix)}: give it the same routePrefix`,
  );
}
