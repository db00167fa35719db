import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../core/clients/client.js';
import { FailureCounters } from '../core/counters/failure-counters.js';
import { Database } from '../core/database/database.js';
import { UserEvents } from '../core/events/user-events.js';
import { AuthenticationLog } from '../core/log/authentication-log.js';
import { addressedTo, mailSubject } from '../core/mail/mail-job.js';
import { PASSWORD_RESET_MAIL, PASSWORD_CHANGED_MAIL } from '../core/mail/mail-names.js';
import { MailQueue } from '../core/mail/mail-queue.js';
import { PasswordHasher } from '../core/passwords/password-hasher.js';
import { PasswordRules } from '../core/passwords/password-rules.js';
import type { Realm } from '../core/realms/realm.js';
import { EMAIL_VERIFICATION } from '../core/tokens/email-verification.token.js';
import { OneTimeTokens } from '../core/tokens/one-time-tokens.js';
import type { User } from '../core/users/user.entity.js';
import type { Caller } from '../sessions/caller.js';
import { SessionRevocation } from '../sessions/session-revocation.js';
import { CurrentPassword } from './current-password.js';
import type { ChangePasswordDto } from './dto/change-password.dto.js';

@Injectable()
export class PasswordsService {
  constructor(
    private readonly database: Database,
    private readonly currentPassword: CurrentPassword,
    private readonly rules: PasswordRules,
    private readonly hasher: PasswordHasher,
    private readonly revocation: SessionRevocation,
    private readonly tokens: OneTimeTokens,
    private readonly failures: FailureCounters,
    private readonly mails: MailQueue,
    private readonly events: UserEvents,
    private readonly log: AuthenticationLog,
  ) {}

  /** Sets a new password. Ends every other session, and every link that was issued for the old password. */
  async change(caller: Caller, body: ChangePasswordDto, realm: Realm, client: Client): Promise<User> {
    const { user } = caller;
    await this.currentPassword.verify(user, body.current_password, client);
    await this.rules.assertAcceptable(body.password, addressesOf(user), realm.name);
    const digest = await this.hasher.hash(body.password, client);
    const changed = await this.database.transaction((manager) => this.apply(caller, digest, client, manager));
    this.log.outcome('password_changed', changed, client);
    return changed;
  }

  private async apply(caller: Caller, digest: string, client: Client, manager: EntityManager): Promise<User> {
    const user = await this.currentPassword.confirm(caller, manager);
    user.changePassword(digest);
    await manager.save(user);
    await this.revocation.revokeOthers(caller, manager);
    // Resets, challenges and a requested address end. A verification link of the current address does not depend on the
    // password, so it stays.
    const kept = { purpose: EMAIL_VERIFICATION.purpose, sentTo: user.email };
    await this.tokens.revokeOthers(user.id, kept, manager);
    // An attacker may have used up the limit of reset mails before changing the password. The owner must get one now.
    await this.failures.clear('mail', mailSubject(PASSWORD_RESET_MAIL, user), manager);
    await this.events.tell(manager, { action: 'password_changed', user, client });
    await this.mails.enqueue(manager, { message: PASSWORD_CHANGED_MAIL, ...addressedTo(user), client });
    return user;
  }
}

function addressesOf(user: User): string[] {
  return user.unconfirmedEmail === null ? [user.email] : [user.email, user.unconfirmedEmail];
}
