import type { FactoryProvider, ModuleMetadata, Type } from '@nestjs/common';
import type { DatabaseConnection, DatabaseParts } from './core/database/data-source.js';
import type { MailTransport } from './core/mail/mail.js';
import type { AuthenticationMetrics } from './core/metrics/authentication-metrics.js';
import type { PasswordHashing } from './core/passwords/password-hashing.js';
import type { AuthenticationSettings } from './core/settings/authentication.settings.js';
import type { Locales } from './core/texts/locales.js';
import type { DocumentPart } from './http/openapi/document.js';
import type { RealmResolver } from './http/realm/request-realms.js';
import type { RouteDecorator } from './http/routes/route-decorators.js';

/** A feature: a module whose static fields list its entities, migrations and request headers. */
export type Feature = Type & DatabaseParts & DocumentPart & RequestPart;

export interface RequestPart {
  /** headers that only its routes read; a browser sends them only if CORS allows them */
  readonly requestHeaders?: readonly string[];
}

/** Your own parts. Each replaces one of ours. */
export interface OwnParts {
  /** sends the mails, instead of SMTP_URL or the development mailbox */
  mail?: MailTransport;
  /** hashes passwords, instead of argon2id with the HASHING_ settings */
  hasher?: PasswordHashing;
  /** finds the realm of a request, instead of one realm for all; not together with the feature `applications` */
  realms?: RealmResolver;
  /** is told what is worth counting or measuring; nothing is without it */
  metrics?: AuthenticationMetrics;
}

export interface AuthenticationOptions extends OwnParts {
  database: DatabaseConnection;
  /** by default `authenticationSettings(process.env)` */
  settings?: AuthenticationSettings;
}

/** Options that Nest needs before `useFactory` runs, because it registers modules and routes first. */
export interface StaticOptions {
  /** all of `FEATURES` by default */
  features?: readonly Feature[];
  /** every route of the application needs a signed-in caller, except those with `@Public()` */
  protectAll?: boolean;
  /** `LOCALES` by default */
  locales?: Locales;
  /** put on all our routes, such as the `@Public()` that a global guard of yours looks for: `[Public()]` */
  routeDecorators?: readonly RouteDecorator[];
  /**
   * `on_demand`: @nestjs/swagger is not loaded at the start. Await `loadAnnotations()` of `core/openapi/annotations.ts`
   * before you make the OpenAPI document
   */
  openApi?: 'at_start' | 'on_demand';
}

type NotYetKnown = Partial<
  Record<'features' | 'protectAll' | 'locales' | 'routeDecorators' | 'openApi' | 'routePrefix', never>
>;

export interface AuthenticationAsyncOptions extends StaticOptions, Pick<ModuleMetadata, 'imports'> {
  inject?: NonNullable<FactoryProvider['inject']>;
  /** cannot return `features`, `protectAll`, `locales`, `routeDecorators`, `openApi` or `routePrefix`: set these beside it */
  useFactory: FactoryProvider<AuthenticationOptions & NotYetKnown>['useFactory'];
  /** the prefix of all our routes, such as 'auth' */
  routePrefix?: string;
}
