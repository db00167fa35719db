import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../core/clients/client.js';
import { Database } from '../../core/database/database.js';
import { UserEvents, type UserFact, type UserListener } from '../../core/events/user-events.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import { MailQueue } from '../../core/mail/mail-queue.js';
import { InvalidToken } from '../../core/problems/problems.js';
import type { Realm } from '../../core/realms/realm.js';
import { holderWithin, OneTimeTokens, type TokenHolder } from '../../core/tokens/one-time-tokens.js';
import { lockedUser } from '../../core/users/locked-user.js';
import type { User } from '../../core/users/user.entity.js';
import type { RealmOfRequest } from '../../http/realm/request-realms.js';
import type { StartedSession } from '../../sessions/session-start.js';
import { SignInService } from '../../sessions/sign-in.service.js';
import { AddressProof } from './address-proof.js';
import { CodeSignIn, type Entered } from './code-sign-in.js';
import type { MailedProof } from './dto/passwordless.dto.js';
import { PASSWORDLESS_MAIL } from './passwordless.mail.js';
import { PASSWORDLESS } from './passwordless.token.js';

@Injectable()
export class PasswordlessService implements UserListener, OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly tokens: OneTimeTokens,
    private readonly byCode: CodeSignIn,
    private readonly proof: AddressProof,
    private readonly signIns: SignInService,
    private readonly mails: MailQueue,
    private readonly events: UserEvents,
    private readonly log: AuthenticationLog,
  ) {}

  onModuleInit(): void {
    this.events.listen(this);
  }

  /** A mailed link gives access too, so it ends together with all other access. */
  async onUserFact({ action, user }: UserFact, manager: EntityManager): Promise<void> {
    if (action === 'access_ended') {
      await this.tokens.revoke(user.id, manager, { purpose: PASSWORDLESS.purpose });
    }
  }

  /** Looks nothing up, so known and unknown addresses get the same answer in the same time (OWASP ASVS 6.3.8). */
  async send(address: string, realm: Realm, client: Client): Promise<void> {
    await this.database.transaction((manager) =>
      this.mails.enqueue(manager, { message: PASSWORDLESS_MAIL, realm: realm.id, address, client }),
    );
    this.log.outcome('passwordless_requested', null, client);
  }

  /** Finds the user and the address of a token, without consuming it. @throws InvalidToken */
  async holderOf(
    token: string | null,
    asked: RealmOfRequest,
    manager = this.database.manager,
  ): Promise<TokenHolder> {
    const holder = token === null ? null : await this.tokens.find(PASSWORDLESS, token, manager);
    return holderWithin(holder, asked);
  }

  /**
   * Uses the link or code up and starts the session in one transaction, unless a further step is required.
   * @throws InvalidToken, AccountSuspended
   */
  async signIn(proof: MailedProof, asked: RealmOfRequest, client: Client): Promise<StartedSession> {
    const { user, entry } = await ('token' in proof
      ? this.enterByLink(proof.token, asked, client)
      : this.byCode.enter(proof, asked.realm, client));
    return this.signIns.conclude(entry, user, client);
  }

  private enterByLink(token: string, asked: RealmOfRequest, client: Client): Promise<Entered> {
    return this.database.transaction(async (manager) => {
      const user = await this.log.attempt('sign_in_failed', null, client, () =>
        this.useLink(token, asked, client, manager),
      );
      return { user, entry: await this.signIns.enter(user, client, manager) };
    });
  }

  private async useLink(
    token: string,
    asked: RealmOfRequest,
    client: Client,
    manager: EntityManager,
  ): Promise<User> {
    const { userId } = await this.holderOf(token, asked, manager);
    const user = await lockedUser(manager, userId);
    const consumed = await this.tokens.consume(PASSWORDLESS, token, manager);
    if (user === null || consumed?.sentTo !== user.email) throw new InvalidToken();
    return this.proof.accept(user, client, manager);
  }
}
