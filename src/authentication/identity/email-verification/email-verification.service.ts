import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../core/clients/client.js';
import { breaksUnique } from '../../core/database/database-failure.js';
import { Database } from '../../core/database/database.js';
import { UserEvents } from '../../core/events/user-events.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import { EMAIL_VERIFICATION_MAIL } from '../../core/mail/mail-names.js';
import { MailQueue } from '../../core/mail/mail-queue.js';
import { InvalidToken } from '../../core/problems/problems.js';
import type { Realm } from '../../core/realms/realm.js';
import { EMAIL_VERIFICATION } from '../../core/tokens/email-verification.token.js';
import { OneTimeTokens, type TokenHolder } from '../../core/tokens/one-time-tokens.js';
import { lockedUser } from '../../core/users/locked-user.js';
import { EMAIL_UNIQUE_IN_REALM, type User } from '../../core/users/user.entity.js';
import type { RealmOfRequest } from '../../http/realm/request-realms.js';
import { TakenAddresses } from '../email/taken-addresses.js';

@Injectable()
export class EmailVerificationService {
  constructor(
    private readonly database: Database,
    private readonly tokens: OneTimeTokens,
    private readonly addresses: TakenAddresses,
    private readonly mails: MailQueue,
    private readonly events: UserEvents,
    private readonly log: AuthenticationLog,
  ) {}

  /** Mails the requested new address, else the current one if it is unverified. Otherwise it mails nobody. */
  async sendTo(user: User, client: Client): Promise<void> {
    const address = user.addressToVerify;
    if (address === null) return;
    await this.enqueue({ realm: user.realm, address, userId: user.id, client });
  }

  /** Looks nothing up, so known and unknown addresses get the same answer in the same time (OWASP ASVS 6.3.8). */
  async sendToAddress(address: string, realm: Realm, client: Client): Promise<void> {
    await this.enqueue({ realm: realm.id, address, client });
  }

  /** Finds the user and the address of a token, without consuming it. @throws InvalidToken */
  async holderOf(email: string | null, token: string | null, asked: RealmOfRequest): Promise<TokenHolder> {
    const holder = token === null ? null : await this.tokens.find(EMAIL_VERIFICATION, token);
    if (holder === null || !isFor(holder, email, asked)) throw new InvalidToken();
    return holder;
  }

  /** @throws InvalidToken */
  async confirm(
    email: string | null,
    token: string | null,
    asked: RealmOfRequest,
    client: Client,
  ): Promise<User> {
    if (token === null) throw new InvalidToken();
    const holder = await this.holderOf(email, token, asked);
    try {
      const user = await this.database.transaction((manager) => this.verify(holder, token, client, manager));
      this.log.outcome('email_verified', user, client);
      return user;
    } catch (error) {
      // Another user confirmed the same address first.
      if (breaksUnique(error, EMAIL_UNIQUE_IN_REALM)) throw new InvalidToken();
      throw error;
    }
  }

  private async verify(
    holder: TokenHolder,
    token: string,
    client: Client,
    manager: EntityManager,
  ): Promise<User> {
    const user = await lockedUser(manager, holder.userId);
    const consumed = await this.tokens.consume(EMAIL_VERIFICATION, token, manager);
    if (user === null || consumed === null) throw new InvalidToken();
    const changes = consumed.sentTo !== user.email;
    if (!user.verifyEmail(consumed.sentTo)) throw new InvalidToken();
    await manager.save(user);
    if (changes && (await this.addresses.isKept(user.email, user.realm, user.id, manager)))
      throw new InvalidToken();
    // A changed address ends all tokens of the user; otherwise only the other verification links end.
    await this.tokens.revoke(
      user.id,
      manager,
      changes ? {} : { purpose: EMAIL_VERIFICATION.purpose, sentTo: user.email },
    );
    await this.events.tell(manager, { action: changes ? 'email_changed' : 'email_verified', user, client });
    return user;
  }

  private enqueue(request: {
    realm: string;
    address: string;
    userId?: number;
    client: Client;
  }): Promise<void> {
    return this.database.transaction((manager) =>
      this.mails.enqueue(manager, { message: EMAIL_VERIFICATION_MAIL, ...request }),
    );
  }
}

function isFor(holder: TokenHolder, email: string | null, asked: RealmOfRequest): boolean {
  return holder.sentTo === email && (!asked.chosen || asked.realm.id === holder.realm);
}
