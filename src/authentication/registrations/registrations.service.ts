import { Injectable } from '@nestjs/common';
import type { Client } from '../core/clients/client.js';
import { breaksUnique } from '../core/database/database-failure.js';
import { Database } from '../core/database/database.js';
import { UserEvents } from '../core/events/user-events.js';
import { AuthenticationLog } from '../core/log/authentication-log.js';
import { addressedTo } from '../core/mail/mail-job.js';
import { EMAIL_VERIFICATION_MAIL, ALREADY_REGISTERED_MAIL } from '../core/mail/mail-names.js';
import { MailQueue } from '../core/mail/mail-queue.js';
import { PasswordHasher } from '../core/passwords/password-hasher.js';
import { PasswordRules } from '../core/passwords/password-rules.js';
import { InvalidBody } from '../core/problems/problems.js';
import type { Realm } from '../core/realms/realm.js';
import type { AuthenticationSettings } from '../core/settings/authentication.settings.js';
import { Settings } from '../core/settings/settings.js';
import { SignUpOrigin } from '../core/users/sign-up-origin.js';
import { EMAIL_UNIQUE_IN_REALM, User } from '../core/users/user.entity.js';
import { BodyExtensions } from '../http/body/body-extensions.js';
import { AccountRemoval } from '../identity/account-removal.js';
import { TakenAddresses } from '../identity/email/taken-addresses.js';
import { CurrentPassword } from '../passwords/current-password.js';
import type { Caller } from '../sessions/caller.js';
import { SignUpDto } from './dto/sign-up.dto.js';

/** Another user may still take the address back: it counts as taken. */
class AddressKept extends Error {}

@Injectable()
export class RegistrationsService {
  constructor(
    private readonly database: Database,
    private readonly hasher: PasswordHasher,
    private readonly rules: PasswordRules,
    private readonly currentPassword: CurrentPassword,
    private readonly addresses: TakenAddresses,
    private readonly removal: AccountRemoval,
    private readonly mails: MailQueue,
    private readonly extensions: BodyExtensions,
    private readonly events: UserEvents,
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
    try {
      const user = await this.insert(registered, body, client);
      this.log.outcome('signed_up', user, client);
      return this.settings.concealAccounts ? null : user;
    } catch (error) {
      if (!(error instanceof AddressKept) && !breaksUnique(error, EMAIL_UNIQUE_IN_REALM)) throw error;
    }
    this.log.outcome('sign_up_refused', null, client);
    if (!this.settings.concealAccounts) throw InvalidBody.of('email', 'already_registered');
    await this.tellOwner(registered, body, client);
    return null;
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

  private insert(registered: User, body: SignUpDto, client: Client): Promise<User> {
    return this.database.transaction(async (manager) => {
      const user = await manager.save(registered);
      if (await this.addresses.isKept(user.email, user.realm, user.id, manager)) throw new AddressKept();
      await this.extensions.apply(SignUpDto, body.extra, { user, client }, manager);
      await this.events.tell(manager, { action: 'signed_up', user, client });
      await this.mails.enqueue(manager, {
        message: EMAIL_VERIFICATION_MAIL,
        ...addressedTo(user),
        client,
      });
      return user;
    });
  }

  /** Runs the checks of features for a taken address too: a refusal of free addresses only would reveal taken ones. */
  private tellOwner(user: User, body: SignUpDto, client: Client): Promise<void> {
    return this.database.transaction(async (manager) => {
      await this.extensions.check(SignUpDto, body.extra, { user, client }, manager);
      await this.mails.enqueue(manager, {
        message: ALREADY_REGISTERED_MAIL,
        realm: user.realm,
        address: user.email,
        client,
      });
    });
  }
}
