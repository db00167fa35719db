import { Global, Module } from '@nestjs/common';
import { AuthenticationLog } from './logging/authentication-log.js';
import { Sweeper } from './maintenance/sweeper.js';
import { PageFilter } from './pages/page.filter.js';
import { CurrentPassword } from './passwords/current-password.js';
import { PasswordHasher } from './passwords/password-hasher.js';
import { PasswordRules } from './passwords/password-rules.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { Realms } from './realms/realms.js';
import { BodyExtensions } from './requests/body-extensions.js';
import { RequestGuard } from './requests/request.guard.js';
import { BodyPipe } from './requests/body.pipe.js';
import { Clients } from './requests/client.js';
import { FailureCounters } from './throttling/failure-counters.js';
import { ThrottleGuard } from './throttling/throttle.guard.js';
import { ThrottleStorage } from './throttling/throttle-storage.js';
import { OneTimeTokens } from './tokens/one-time-tokens.js';
import { UserEvents } from './users/user-events.js';

const PARTS = [
  AuthenticationLog,
  BodyExtensions,
  RequestGuard,
  BodyPipe,
  Clients,
  CurrentPassword,
  FailureCounters,
  OneTimeTokens,
  PageFilter,
  PasswordHasher,
  PasswordRules,
  ProblemFilter,
  Realms,
  Sweeper,
  ThrottleGuard,
  ThrottleStorage,
  UserEvents,
];

/** What every part of authentication stands on. Global within Nest's container, yet it binds to nothing of the host. */
@Global()
@Module({ providers: PARTS, exports: PARTS })
export class CoreModule {}
