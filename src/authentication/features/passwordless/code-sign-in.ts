import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../core/clients/client.js';
import { Database } from '../../core/database/database.js';
import { UserEvents } from '../../core/events/user-events.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import { InvalidToken } from '../../core/problems/problems.js';
import type { Realm } from '../../core/realms/realm.js';
import { lockedUser } from '../../core/users/locked-user.js';
import { User } from '../../core/users/user.entity.js';
import { SignInService, type Entry } from '../../sessions/sign-in.service.js';
import { AddressProof } from './address-proof.js';
import { SignInCodes } from './sign-in-codes.js';

/** The id of no user. With it, an unknown address runs the same statements as a known one. */
const NOBODY = 0;

interface MailedCode {
  readonly email: string;
  readonly code: string;
}

/** The user who proved the address, and the result of the sign-in, to be answered with `conclude`. */
export interface Entered {
  readonly user: User;
  readonly entry: Entry;
}

/** Sign-in with a mailed code. It is short enough to be guessed, so failures are counted. */
@Injectable()
export class CodeSignIn {
  constructor(
    private readonly database: Database,
    private readonly codes: SignInCodes,
    private readonly proof: AddressProof,
    private readonly signIns: SignInService,
    private readonly events: UserEvents,
    private readonly log: AuthenticationLog,
  ) {}

  /** @throws InvalidToken */
  async enter({ email, code }: MailedCode, realm: Realm, client: Client): Promise<Entered> {
    const seen = await this.database.manager.findOneBy(User, { realm: realm.id, email });
    const entered = await this.database.transaction(async (manager) => {
      const user = await this.tryCode(seen?.id ?? NOBODY, email, realm, code, client, manager);
      return user === null ? null : { user, entry: await this.signIns.enter(user, client, manager) };
    });
    if (entered !== null) return entered;
    // Thrown after the commit: an exception in the transaction would roll back the count.
    const refusal = new InvalidToken();
    this.log.outcome('sign_in_failed', seen, client, refusal.code);
    throw refusal;
  }

  private async tryCode(
    userId: number,
    email: string,
    realm: Realm,
    code: string,
    client: Client,
    manager: EntityManager,
  ): Promise<User | null> {
    await this.queue(realm, email, manager);
    const user = await lockedUser(manager, userId);
    const isRight = await this.codes.consume(userId, email, code, manager);
    if (isRight && user?.email === email) return this.proof.accept(user, client, manager);
    const isGuess = await this.codes.countFailure(userId, manager);
    // No event if there is no code to guess: anybody who knows the address could fill the user's list of events.
    if (user !== null && isGuess) await this.events.tell(manager, { action: 'sign_in_failed', user, client });
    return null;
  }

  /** Requests for a known address wait for the user's row. This lock lets requests for an unknown one wait as long. */
  private async queue(realm: Realm, email: string, manager: EntityManager): Promise<void> {
    await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `passwordless ${realm.id} ${email}`,
    ]);
  }
}
