import { Global, Module } from '@nestjs/common';
import { FailureCounters } from './counters/failure-counters.js';
import { UserEvents } from './events/user-events.js';
import { AuthenticationLog } from './log/authentication-log.js';
import { PasswordHasher } from './passwords/password-hasher.js';
import { PasswordRules } from './passwords/password-rules.js';
import { Realms } from './realms/realms.js';
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
export class CoreModule {}
