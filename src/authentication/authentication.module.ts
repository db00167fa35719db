import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { APP_GUARD, RouterModule } from '@nestjs/core';
import type { DataSource } from 'typeorm';
import { CoreModule } from './core/core.module.js';
import {
  authenticationDataSource,
  type DatabaseConnection,
  type DatabaseParts,
} from './core/database/data-source.js';
import { DatabaseModule } from './core/database/database.module.js';
import { CreateAuthentication1795000000000 } from './core/database/migrations/1795000000000-create-authentication.js';
import { Session } from './core/sessions/session.entity.js';
import type { AuthenticationSettings } from './core/settings/authentication.settings.js';
import { SettingsModule } from './core/settings/settings.module.js';
import { OneTimeToken } from './core/tokens/one-time-token.entity.js';
import { User } from './core/users/user.entity.js';
import { ActivityModule } from './features/activity/activity.module.js';
import { ApplicationsModule } from './features/applications/applications.module.js';
import { DevicesModule } from './features/devices/devices.module.js';
import { NoticesModule } from './features/notices/notices.module.js';
import { PasswordlessModule } from './features/passwordless/passwordless.module.js';
import { ProfilesModule } from './features/profiles/profiles.module.js';
import { PwnedModule } from './features/pwned/pwned.module.js';
import { SudoModule } from './features/sudo/sudo.module.js';
import { TwoFactorModule } from './features/two-factor/two-factor.module.js';
import { HttpModule } from './http/http.module.js';
import { DOCUMENT_PARTS, type DocumentPart } from './http/openapi/document.js';
import { IdentityModule } from './identity/identity.module.js';
import { PasswordsModule } from './passwords/passwords.module.js';
import { RegistrationsModule } from './registrations/registrations.module.js';
import { EverywhereGuard } from './sessions/everywhere.guard.js';
import { SessionsModule } from './sessions/sessions.module.js';

/** A feature: a module that lists its entities and migrations as static fields. */
export type Feature = Type & DatabaseParts & DocumentPart;

const CORE: readonly Type[] = [
  HttpModule,
  SessionsModule,
  RegistrationsModule,
  PasswordsModule,
  IdentityModule,
];

const CORE_PARTS: DatabaseParts = {
  entities: [User, Session, OneTimeToken],
  migrations: [CreateAuthentication1795000000000],
};

/** The optional features, in the order in which their sign-in steps are asked. This is the only place that lists them. */
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
];

export interface AuthenticationOptions {
  settings: AuthenticationSettings;
  database: DatabaseConnection;
  /** all of `FEATURES` by default */
  features?: readonly Feature[];
  /** every route of the application wants to be signed in to, but those that are `@Public()` */
  protectAll?: boolean;
}

/**
 * The composition root. `AuthenticationModule.with({ settings, database })` in your root module is all that the
 * host has to know.
 */
@Module({})
export class AuthenticationModule {
  static with({
    settings,
    database,
    features = FEATURES,
    protectAll = false,
  }: AuthenticationOptions): DynamicModule {
    // Features first: Express takes the first route that fits, and `sessions/:id` fits any name behind it.
    const modules = [...features, ...CORE];
    return {
      module: AuthenticationModule,
      providers: [
        { provide: DOCUMENT_PARTS, useValue: features },
        ...(protectAll ? [{ provide: APP_GUARD, useExisting: EverywhereGuard }] : []),
      ],
      imports: [
        SettingsModule.with(settings),
        DatabaseModule.with(database, [CORE_PARTS, ...features]),
        CoreModule,
        ...modules,
        ...(settings.routePrefix === '' ? [] : [prefixed(settings.routePrefix, modules)]),
      ],
    };
  }

  /** The data source alone, for migrations outside the server. */
  static dataSource(database: DatabaseConnection, features: readonly Feature[] = FEATURES): DataSource {
    return authenticationDataSource(database, [CORE_PARTS, ...features]);
  }
}

function prefixed(path: string, modules: readonly Type[]): DynamicModule {
  return RouterModule.register(modules.map((module) => ({ path, module })));
}
