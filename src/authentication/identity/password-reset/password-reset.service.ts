import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../core/clients/client.js';
import { FailureCounters, subjectOf } from '../../core/counters/failure-counters.js';
import { Database } from '../../core/database/database.js';
import { UserEvents } from '../../core/events/user-events.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import { addressedTo } from '../../core/mail/mail-job.js';
import { PASSWORD_CHANGED_MAIL, PASSWORD_RESET_MAIL } from '../../core/mail/mail-names.js';
import { MailQueue } from '../../core/mail/mail-queue.js';
import { PasswordHasher } from '../../core/passwords/password-hasher.js';
import { PasswordRules } from '../../core/passwords/password-rules.js';
import { InvalidToken } from '../../core/problems/problems.js';
import type { Realm } from '../../core/realms/realm.js';
import { holderWithin, OneTimeTokens, type TokenHolder } from '../../core/tokens/one-time-tokens.js';
import { PASSWORD_RESET } from '../../core/tokens/password-reset.token.js';
import { UsedLinks } from '../../core/tokens/used-links.js';
import { lockedUser } from '../../core/users/locked-user.js';
import type { User } from '../../core/users/user.entity.js';
import type { RealmOfRequest } from '../../http/realm/request-realms.js';
import { SessionRevocation } from '../../sessions/session-revocation.js';
import type { CompletePasswordResetDto } from './dto/password-reset.dto.js';

@Injectable()
export class PasswordResetService {
  constructor(
    private readonly database: Database,
    private readonly tokens: OneTimeTokens,
    private readonly links: UsedLinks,
    private readonly rules: PasswordRules,
    private readonly hasher: PasswordHasher,
    private readonly revocation: SessionRevocation,
    private readonly failures: FailureCounters,
    private readonly mails: MailQueue,
    private readonly events: UserEvents,
    private readonly log: AuthenticationLog,
  ) {}

  /** Looks nothing up, so known and unknown addresses get the same answer in the same time (OWASP ASVS 6.3.8). */
  async send(address: string, realm: Realm, client: Client): Promise<void> {
    await this.database.transaction((manager) =>
      this.mails.enqueue(manager, { message: PASSWORD_RESET_MAIL, realm: realm.id, address, client }),
    );
    this.log.outcome('password_reset_requested', null, client);
  }

  /** Finds the user and the address of a token, without consuming it. @throws InvalidToken */
  async holderOf(token: string | null, asked: RealmOfRequest): Promise<TokenHolder> {
    const holder = token === null ? null : await this.tokens.find(PASSWORD_RESET, token);
    return holderWithin(holder, asked);
  }

  /**
   * Sets the password and ends every session. It starts none, so a second factor is still required (OWASP ASVS 6.4.3).
   * @throws InvalidToken, InvalidBody
   */
  async complete(body: CompletePasswordResetDto, asked: RealmOfRequest, client: Client): Promise<User> {
    const holder = await this.holderOf(body.token, asked);
    await this.rules.assertAcceptable(body.password, [holder.sentTo], holder.realmName);
    const digest = await this.hasher.hash(body.password, client);
    const user = await this.database.transaction((manager) =>
      this.apply(holder, body.token, digest, client, manager),
    );
    this.log.outcome('password_reset', user, client);
    return user;
  }

  private async apply(
    holder: TokenHolder,
    token: string,
    digest: string,
    client: Client,
    manager: EntityManager,
  ): Promise<User> {
    const user = await lockedUser(manager, holder.userId);
    const consumed = await this.tokens.consume(PASSWORD_RESET, token, manager);
    if (user === null || consumed?.sentTo !== user.email) throw new InvalidToken();
    if (!user.verified) await this.takeOver(user, client, manager);
    user.changePassword(digest);
    await manager.save(user);
    await this.tokens.revoke(user.id, manager);
    await this.links.keep('password_reset', token, manager);
    await this.revocation.revokeAll(user, client, manager);
    await this.failures.clear('sign_in', subjectOf(user), manager);
    await this.events.tell(manager, { action: 'password_reset', user, client });
    await this.mails.enqueue(manager, {
      message: PASSWORD_CHANGED_MAIL,
      ...addressedTo(user),
      client,
    });
    return user;
  }

  /** The link proves the address. An attacker may have registered it before: everything that they set up is removed. */
  private async takeOver(user: User, client: Client, manager: EntityManager): Promise<void> {
    user.takeOver();
    await this.events.tell(manager, { action: 'taken_over', user, client });
  }
}
