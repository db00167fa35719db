import { Global, Module } from '@nestjs/common';
import { MailModule } from '../core/mail/mail.module.js';
import { AuthenticationGuard, OptionalAuthenticationGuard } from './authentication.guard.js';
import { CallerLock } from './caller-lock.js';
import { CredentialKinds } from './credentials.js';
import { CurrentSessionController } from './current-session.controller.js';
import { SessionLookup } from './session-lookup.js';
import { EverywhereGuard } from './everywhere.guard.js';
import { FailedSignIns } from './failed-sign-ins.js';
import { KeptSessions } from './kept-sessions.js';
import { PasswordSignIn } from './password-sign-in.js';
import { SessionAnswers } from './session-answers.js';
import { SessionRenewal } from './session-renewal.js';
import { SessionRevocation } from './session-revocation.js';
import { SessionStart } from './session-start.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';
import { SignInSteps } from './sign-in-steps.js';
import { SignInController } from './sign-in.controller.js';
import { SignInService } from './sign-in.service.js';

/** Exports `SignInService`, but not `SessionStart`: a session started by that would skip the second factor. */
@Global()
@Module({
  imports: [MailModule],
  controllers: [CurrentSessionController, SignInController, SessionsController],
  providers: [
    AuthenticationGuard,
    CallerLock,
    CredentialKinds,
    KeptSessions,
    SessionLookup,
    EverywhereGuard,
    OptionalAuthenticationGuard,
    FailedSignIns,
    PasswordSignIn,
    SessionAnswers,
    SessionRenewal,
    SessionRevocation,
    SessionStart,
    SessionsService,
    SignInService,
    SignInSteps,
  ],
  exports: [
    AuthenticationGuard,
    CallerLock,
    CredentialKinds,
    KeptSessions,
    SessionLookup,
    EverywhereGuard,
    OptionalAuthenticationGuard,
    SessionAnswers,
    SessionRenewal,
    SessionRevocation,
    SignInService,
    SignInSteps,
  ],
})
export class SessionsModule {}
