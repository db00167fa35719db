import type { FactoryProvider, ModuleMetadata, Type } from '@nestjs/common';
import type { DatabaseConnection, DatabaseParts } from './core/database/data-source.js';
import type { MailTransport } from './core/mail/mail.js';
import type { PasswordHashing } from './core/passwords/password-hashing.js';
import type { AuthenticationSettings } from './core/settings/authentication.settings.js';
import type { Locales } from './core/texts/locales.js';
import type { DocumentPart } from './http/openapi/document.js';
import type { RealmResolver } from './http/realm/request-realms.js';

/** A feature: a module that tells what it brings as static fields: entities, migrations, request headers. */
export type Feature = Type & DatabaseParts & DocumentPart & RequestPart;

export interface RequestPart {
  /** what its routes read beside the headers of all: a browser sends them only where CORS names them */
  readonly requestHeaders?: readonly string[];
}

/** Parts of your own, each in place of one of ours. */
export interface OwnParts {
  /** sends the mails, instead of SMTP_URL or the development mailbox */
  mail?: MailTransport;
  /** hashes passwords, instead of argon2id with the HASHING_ settings */
  hasher?: PasswordHashing;
  /** tells which realm a request belongs to, instead of one realm for all; not together with `applications` */
  realms?: RealmResolver;
}

export interface AuthenticationOptions extends OwnParts {
  database: DatabaseConnection;
  /** by default `authenticationSettings(process.env)` */
  settings?: AuthenticationSettings;
}

/** What must be known before a factory runs: Nest registers routes and modules first. */
export interface StaticOptions {
  /** all of `FEATURES` by default */
  features?: readonly Feature[];
  /** every route of the application needs a signed-in caller, except those that are `@Public()` */
  protectAll?: boolean;
  /** `LOCALES` by default */
  locales?: Locales;
}

type NotYetKnown = Partial<Record<'features' | 'protectAll' | 'locales' | 'routePrefix', never>>;

export interface AuthenticationAsyncOptions extends StaticOptions, Pick<ModuleMetadata, 'imports'> {
  inject?: NonNullable<FactoryProvider['inject']>;
  /** `features`, `protectAll`, `locales` and `routePrefix` stand beside it: they are needed before it runs */
  useFactory: FactoryProvider<AuthenticationOptions & NotYetKnown>['useFactory'];
  /** before every route of ours, such as 'auth' */
  routePrefix?: string;
}
