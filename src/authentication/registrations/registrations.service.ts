import { Injectable } from '@nestjs/common';
import type { Client } from '../core/clients/client.js';
import { Database } from '../core/database/database.js';
import { AuthenticationLog } from '../core/log/authentication-log.js';
import { addressedTo } from '../core/mail/mail-job.js';
import { EMAIL_VERIFICATION_MAIL } from '../core/mail/mail-names.js';
import { MailQueue } from '../core/mail/mail-queue.js';
import { PasswordHasher } from '../core/passwords/password-hasher.js';
import { PasswordRules } from '../core/passwords/password-rules.js';
import { InvalidBody } from '../core/problems/problems.js';
import type { Realm } from '../core/realms/realm.js';
import type { AuthenticationSettings } from '../core/settings/authentication.settings.js';
import { Settings } from '../core/settings/settings.js';
import { SignUpOrigin } from '../core/users/sign-up-origin.js';
import { User } from '../core/users/user.entity.js';
import { AccountRemoval } from '../identity/account-removal.js';
import { CurrentPassword } from '../passwords/current-password.js';
import type { Caller } from '../sessions/caller.js';
import { ConcealedSignUp } from './concealed-sign-up.js';
import type { SignUpDto } from './dto/sign-up.dto.js';
import { AddressTaken, NewUsers } from './new-users.js';

@Injectable()
export class RegistrationsService {
  constructor(
    private readonly database: Database,
    private readonly hasher: PasswordHasher,
    private readonly rules: PasswordRules,
    private readonly users: NewUsers,
    private readonly concealed: ConcealedSignUp,
    private readonly currentPassword: CurrentPassword,
    private readonly removal: AccountRemoval,
    private readonly mails: MailQueue,
    private readonly log: AuthenticationLog,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {}

  /**
   * @returns null when accounts are concealed, so that a free and a taken address get the same answer
   * @throws InvalidBody `already_registered` on `email`
   */
  async register(body: SignUpDto, realm: Realm, client: Client): Promise<User | null> {
    await this.rules.assertAcceptable(body.password, [body.email], realm.name);
    const digest = await this.hasher.hash(body.password, client);
    const registered = User.register(realm.id, body.email, digest);
    registered.signUp = SignUpOrigin.of(client);
    const user = await this.insert(registered, body, client);
    this.log.outcome(user === null ? 'sign_up_refused' : 'signed_up', user, client);
    if (this.settings.concealAccounts) return null;
    if (user === null) throw InvalidBody.of('email', 'already_registered');
    return user;
  }

  /** @throws InvalidBody `incorrect` on `current_password`, InUse when a foreign key forbids it (nothing is deleted) */
  async remove(caller: Caller, password: string, client: Client): Promise<void> {
    await this.currentPassword.verify(caller.user, password, client);
    await this.log.attempt('deletion_refused', caller.user, client, () => this.delete(caller, client));
    this.log.outcome('deleted', caller.user, client);
  }

  private delete(caller: Caller, client: Client): Promise<void> {
    return this.removal.transaction(async (manager) => {
      const user = await this.currentPassword.confirm(caller, manager);
      await this.removal.remove(user, client, manager);
    });
  }

  /** @returns null for a taken address */
  private async insert(registered: User, { extra }: SignUpDto, client: Client): Promise<User | null> {
    if (this.settings.concealAccounts) return this.concealed.register(registered, extra, client);
    try {
      return await this.database.transaction(async (manager) => {
        const user = await this.users.write(registered, extra, client, manager);
        const mail = { message: EMAIL_VERIFICATION_MAIL, ...addressedTo(user), client };
        await this.mails.enqueue(manager, mail);
        return user;
      });
    } catch (error) {
      if (error instanceof AddressTaken) return null;
      throw error;
    }
  }
}
