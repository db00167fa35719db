import { Global, Module } from '@nestjs/common';
import { AuthenticationLog } from './log/authentication-log.js';
import { Sweeper } from './sweeping/sweeper.js';
import { PageFilter } from '../http/pages/page.filter.js';
import { CurrentPassword } from '../passwords/current-password.js';
import { PasswordHasher } from './passwords/password-hasher.js';
import { PasswordRules } from './passwords/password-rules.js';
import { ProblemFilter } from '../http/problems/problem.filter.js';
import { Realms } from './realms/realms.js';
import { BodyExtensions } from '../http/body/body-extensions.js';
import { RequestGuard } from '../http/routes/request.guard.js';
import { BodyPipe } from '../http/body/body.pipe.js';
import { Clients } from '../http/client/clients.js';
import { FailureCounters } from './counters/failure-counters.js';
import { ThrottleGuard } from '../http/throttling/throttle.guard.js';
import { ThrottleStorage } from '../http/throttling/throttle-storage.js';
import { OneTimeTokens } from './tokens/one-time-tokens.js';
import { UserEvents } from './events/user-events.js';

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
