import { Global, Module, type DynamicModule } from '@nestjs/common';
import { FailureCounters } from './counters/failure-counters.js';
import { UserEvents } from './events/user-events.js';
import { AuthenticationLog } from './log/authentication-log.js';
import { PasswordHasher } from './passwords/password-hasher.js';
import {
  OWN_PASSWORD_HASHING,
  PASSWORD_HASHING,
  type PasswordHashing,
  type PasswordHashingClass,
} from './passwords/password-hashing.js';
import { PasswordRules } from './passwords/password-rules.js';
import { Realms } from './realms/realms.js';
import type { AuthenticationSettings } from './settings/authentication.settings.js';
import { SETTINGS } from './settings/settings.js';
import { Sweeper } from './sweeping/sweeper.js';
import { OneTimeTokens } from './tokens/one-time-tokens.js';
import { UsedLinks } from './tokens/used-links.js';
import { UserLookup } from './users/user-lookup.js';

const PARTS = [
  AuthenticationLog,
  FailureCounters,
  OneTimeTokens,
  UsedLinks,
  PasswordHasher,
  PasswordRules,
  Realms,
  Sweeper,
  UserEvents,
  UserLookup,
];

/** Providers that all other modules use. It is global in Nest, but adds nothing to the routes of the host. */
@Global()
@Module({ providers: PARTS, exports: PARTS })
export class CoreModule {
  /** @param Hashing is used if the host gives no hashing of its own */
  static of(Hashing: PasswordHashingClass): DynamicModule {
    const hashing = {
      provide: PASSWORD_HASHING,
      inject: [OWN_PASSWORD_HASHING, SETTINGS],
      useFactory: (own: PasswordHashing | null, settings: AuthenticationSettings) =>
        own ?? new Hashing(settings.hashing),
    };
    return { module: CoreModule, providers: [hashing] };
  }
}
