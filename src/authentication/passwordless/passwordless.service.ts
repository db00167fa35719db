import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../database/database.js';
import { AuthenticationLog } from '../logging/authentication-log.js';
import { MailQueue } from '../mail/mail-queue.js';
import { InvalidToken } from '../problems/problems.js';
import type { Realm } from '../realms/realm.js';
import type { RealmOfRequest } from '../realms/realms.js';
import type { Client } from '../requests/client.js';
import type { StartedSession } from '../sessions/session-start.js';
import { SignInService } from '../sessions/sign-in.service.js';
import { OneTimeTokens, type TokenHolder } from '../tokens/one-time-tokens.js';
import { lockedUser } from '../users/locked-user.js';
import { UserEvents, type UserFact, type UserListener } from '../users/user-events.js';
import { User } from '../users/user.entity.js';
import { AddressProof } from './address-proof.js';
import type { MailedProof } from './dto/passwordless.dto.js';
import { PASSWORDLESS_MAIL } from './passwordless.mail.js';
import { PASSWORDLESS } from './passwordless.token.js';
import { SignInCodes } from './sign-in-codes.js';

/** The id of no user: an unknown address is looked for by the same statements as a known one. */
const NOBODY = 0;

@Injectable()
export class PasswordlessService implements UserListener, OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly tokens: OneTimeTokens,
    private readonly codes: SignInCodes,
    private readonly proof: AddressProof,
    private readonly door: SignInService,
    private readonly mails: MailQueue,
    private readonly events: UserEvents,
    private readonly log: AuthenticationLog,
  ) {}

  onModuleInit(): void {
    this.events.listen(this);
  }

  /** A link in the mailbox is a way in: it ends where every way in ends. */
  async onUserFact({ action, user }: UserFact, manager: EntityManager): Promise<void> {
    if (action === 'access_ended') {
      await this.tokens.revoke(user.id, manager, { purpose: PASSWORDLESS.purpose });
    }
  }

  /** Nothing is looked up here: known and unknown addresses are answered alike, in time too (OWASP ASVS 6.3.8). */
  async send(address: string, realm: Realm, client: Client): Promise<void> {
    await this.database.transaction((manager) =>
      this.mails.enqueue(manager, { message: PASSWORDLESS_MAIL, realm: realm.id, address, client }),
    );
    this.log.outcome('passwordless_requested', null, client);
  }

  /** Whose token it is; looks without consuming. @throws InvalidToken */
  async holderOf(token: string | null, asked: RealmOfRequest): Promise<TokenHolder> {
    const holder = token === null ? null : await this.tokens.find(PASSWORDLESS, token);
    if (holder === null || (asked.chosen && asked.realm.id !== holder.realm)) throw new InvalidToken();
    return holder;
  }

  /** The proof is used up first; then the door asks for what is still missing. @throws InvalidToken, AccountSuspended */
  async signIn(proof: MailedProof, asked: RealmOfRequest, client: Client): Promise<StartedSession> {
    const user = await ('token' in proof
      ? this.withToken(proof.token, asked, client)
      : this.withCode(proof.email, proof.code, asked.realm, client));
    return this.door.proceed(user, client);
  }

  private withToken(token: string, asked: RealmOfRequest, client: Client): Promise<User> {
    return this.log.attempt('sign_in_failed', null, client, async () => {
      const { userId } = await this.holderOf(token, asked);
      return this.database.transaction(async (manager) => {
        const user = await lockedUser(manager, userId);
        const consumed = await this.tokens.consume(PASSWORDLESS, token, manager);
        if (user === null || consumed?.sentTo !== user.email) throw new InvalidToken();
        return this.proof.accept(user, client, manager);
      });
    });
  }

  private async withCode(email: string, code: string, realm: Realm, client: Client): Promise<User> {
    const seen = await this.database.manager.findOneBy(User, { realm: realm.id, email });
    return this.log.attempt('sign_in_failed', seen, client, async () => {
      const user = await this.database.transaction((manager) =>
        this.tryCode(seen?.id ?? NOBODY, email, code, client, manager),
      );
      // Only now: what was counted must be committed.
      if (user === null) throw new InvalidToken();
      return user;
    });
  }

  private async tryCode(
    userId: number,
    email: string,
    code: string,
    client: Client,
    manager: EntityManager,
  ): Promise<User | null> {
    const user = await lockedUser(manager, userId);
    const isRight = await this.codes.consume(userId, email, code, manager);
    if (isRight && user?.email === email) return this.proof.accept(user, client, manager);
    await this.codes.countFailure(userId, manager);
    if (user !== null) await this.events.tell(manager, { action: 'sign_in_failed', user, client });
    return null;
  }
}
