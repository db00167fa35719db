import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule, DiscoveryService, RouterModule } from '@nestjs/core';
import type { DataSource } from 'typeorm';
import type {
  AuthenticationAsyncOptions,
  AuthenticationOptions,
  Feature,
  StaticOptions,
} from './authentication.options.js';
import { assertOptions } from './checked-options.js';
import { CoreModule } from './core/core.module.js';
import {
  authenticationDataSource,
  entitiesOf,
  partsFor,
  type DatabaseParts,
  type OwnConnection,
} from './core/database/data-source.js';
import { DatabaseModule } from './core/database/database.module.js';
import { CreateAuthentication1795000000000 } from './core/database/migrations/1795000000000-create-authentication.js';
import { CreateEmailReversals1795001000000 } from './core/database/migrations/1795001000000-create-email-reversals.js';
import { AddSignUpOrigin1795001050000 } from './core/database/migrations/1795001050000-add-sign-up-origin.js';
import { assertMailsLeave } from './core/mail/mail-transport.js';
import { loadAnnotations } from './core/openapi/annotations.js';
import { Argon2Hashing } from './core/passwords/argon2-hashing.js';
import type { PasswordHashingClass } from './core/passwords/password-hashing.js';
import { Session } from './core/sessions/session.entity.js';
import { authenticationSettings, routePrefixOf } from './core/settings/authentication.settings.js';
import { Environment, SettingError } from './core/settings/environment.js';
import type { Locales } from './core/texts/locales.js';
import { TextsModule } from './core/texts/texts.module.js';
import { OneTimeToken } from './core/tokens/one-time-token.entity.js';
import { User } from './core/users/user.entity.js';
import { ActivityModule } from './features/activity/activity.module.js';
import { ApplicationsModule } from './features/applications/applications.module.js';
import { DevicesModule } from './features/devices/devices.module.js';
import { NoticesModule } from './features/notices/notices.module.js';
import { PasswordlessModule } from './features/passwordless/passwordless.module.js';
import { ProfilesModule } from './features/profiles/profiles.module.js';
import { PwnedModule } from './features/pwned/pwned.module.js';
import { SessionCacheModule } from './features/session-cache/session-cache.module.js';
import { SudoModule } from './features/sudo/sudo.module.js';
import { TwoFactorModule } from './features/two-factor/two-factor.module.js';
import { HttpModule } from './http/http.module.js';
import { DOCUMENT_PARTS } from './http/openapi/document.js';
import { decorateRoutes, ROUTE_DECORATORS } from './http/routes/route-decorators.js';
import { EmailReversal } from './identity/email/email-reversal.entity.js';
import { IdentityModule } from './identity/identity.module.js';
import { OPTIONS, OptionsModule } from './options.module.js';
import { PasswordsModule } from './passwords/passwords.module.js';
import { RegistrationsModule } from './registrations/registrations.module.js';
import { EverywhereGuard } from './sessions/everywhere.guard.js';
import { SessionsModule } from './sessions/sessions.module.js';

const MODULES: readonly Type[] = [
  HttpModule,
  SessionsModule,
  RegistrationsModule,
  PasswordsModule,
  IdentityModule,
];

/** How passwords are hashed, unless `forRoot({ hasher })` has your own hashing. */
const HASHING: PasswordHashingClass = Argon2Hashing;

const CORE_PARTS: DatabaseParts = {
  entities: [User, Session, OneTimeToken, EmailReversal],
  migrations: [
    CreateAuthentication1795000000000,
    CreateEmailReversals1795001000000,
    AddSignUpOrigin1795001050000,
  ],
};

/** The optional features, in the order in which a sign-in asks for their steps. Only this file lists them. */
export const FEATURES: readonly Feature[] = [
  SudoModule,
  TwoFactorModule,
  PasswordlessModule,
  ActivityModule,
  NoticesModule,
  PwnedModule,
  DevicesModule,
  ApplicationsModule,
  ProfilesModule,
  SessionCacheModule,
];

/**
 * The languages of pages and mails besides English. For German, write a `*.de.ts` beside each `*.en.ts`, and list what
 * these files export: `{ de: [httpDe, identityDe, …] }`.
 */
export const LOCALES: Locales = {};

/**
 * Puts all modules together. Import it into your root module: `AuthenticationModule.forRoot({ database })`, or
 * `forRootAsync` when the options come from a provider, such as `ConfigService`.
 */
@Module({})
export class AuthenticationModule {
  static forRoot(options: AuthenticationOptions & StaticOptions): DynamicModule {
    assertOptions(options, false);
    const settings =
      options.settings ??
      authenticationSettings(process.env, { needed: options.mail === undefined ? ['SMTP_URL'] : [] });
    // Checked here, so that this call throws, before the application starts.
    assertMailsLeave(settings, options.mail ?? null);
    const known = { provide: OPTIONS, useValue: { ...options, settings } };
    return composed(OptionsModule.of(known, settings.routePrefix), settings.routePrefix, options);
  }

  /**
   * Like `forRoot`, with options from a factory. Invalid options of the factory stop the start of the application.
   * @throws SettingError for a `routePrefix` that is not a path
   */
  static forRootAsync({
    imports,
    inject = [],
    useFactory,
    routePrefix: prefix = '',
    ...fixed
  }: AuthenticationAsyncOptions): DynamicModule {
    const routePrefix = routePrefixOf(prefix);
    if (routePrefix === null) {
      throw new SettingError(`routePrefix takes a path, such as 'auth'; it got ${JSON.stringify(prefix)}`);
    }
    const made = { provide: OPTIONS, inject, useFactory };
    return composed(OptionsModule.of(made, routePrefix, imports), routePrefix, fixed);
  }

  /** Our entities, to list in a data source of the host that reads or writes our tables. */
  static entities(features: readonly Feature[] = FEATURES) {
    return entitiesOf([CORE_PARTS, ...features]);
  }

  /** The headers that our routes read, for `allowedHeaders` of CORS. */
  static requestHeaders(features: readonly Feature[] = FEATURES): string[] {
    const ofFeatures = features.flatMap(({ requestHeaders = [] }) => requestHeaders);
    return ['Authorization', 'Content-Type', 'X-Session-Token', ...ofFeatures];
  }

  /**
   * Makes the data source without the module, to run migrations outside the server.
   * @param environment the variables, if they are not those of the process: some ask for migrations of their own
   */
  static dataSource(
    connection: OwnConnection,
    features: readonly Feature[] = FEATURES,
    environment = new Environment(process.env),
  ): DataSource {
    return authenticationDataSource(connection, partsFor([CORE_PARTS, ...features], environment, connection));
  }
}

function composed(
  options: DynamicModule,
  routePrefix: string,
  {
    features = FEATURES,
    protectAll = false,
    locales = LOCALES,
    routeDecorators = [],
    openApi = 'at_start',
  }: StaticOptions,
): DynamicModule {
  // Features first: Express takes the first route that matches, and `sessions/:id` matches `sessions/ANY_NAME`.
  const modules = [...features, ...MODULES];
  return {
    module: AuthenticationModule,
    providers: [
      { provide: DOCUMENT_PARTS, useValue: features },
      {
        provide: ROUTE_DECORATORS,
        inject: [DiscoveryService],
        useFactory: async (discovery: DiscoveryService) => {
          // Before the decorators of the host, which have the last word.
          if (openApi === 'at_start' || routeDecorators.length > 0) await loadAnnotations();
          decorateRoutes(discovery, routeDecorators);
        },
      },
      ...(protectAll ? [{ provide: APP_GUARD, useExisting: EverywhereGuard }] : []),
    ],
    imports: [
      DiscoveryModule,
      options,
      DatabaseModule.of([CORE_PARTS, ...features]),
      TextsModule.of(locales),
      CoreModule.of(HASHING),
      ...modules,
      ...(routePrefix === '' ? [] : [prefixed(routePrefix, modules)]),
    ],
  };
}

function prefixed(path: string, modules: readonly Type[]): DynamicModule {
  return RouterModule.register(modules.map((module) => ({ path, module })));
}
