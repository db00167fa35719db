import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../core/clients/client.js';
import { Database } from '../../core/database/database.js';
import { UserEvents } from '../../core/events/user-events.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import { InvalidToken } from '../../core/problems/problems.js';
import type { Realm } from '../../core/realms/realm.js';
import { lockedUser } from '../../core/users/locked-user.js';
import { nobody, NOBODY } from '../../core/users/nobody.js';
import { UserLookup } from '../../core/users/user-lookup.js';
import type { User } from '../../core/users/user.entity.js';
import { SignInService, type Entry } from '../../sessions/sign-in.service.js';
import { AddressProof } from './address-proof.js';
import { SignInCodes, type Guess } from './sign-in-codes.js';

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
    private readonly users: UserLookup,
    private readonly codes: SignInCodes,
    private readonly proof: AddressProof,
    private readonly signIns: SignInService,
    private readonly events: UserEvents,
    private readonly log: AuthenticationLog,
  ) {}

  /** @throws InvalidToken */
  async enter(proof: MailedCode, realm: Realm, client: Client): Promise<Entered> {
    const seen = await this.users.find(realm.id, proof.email);
    const entered = await this.database.transaction(async (manager) => {
      const user = await this.tryCode(seen, proof.code, client, manager);
      return user === null ? null : { user, entry: await this.signIns.enter(user, client, manager) };
    });
    if (entered !== null) return entered;
    // Thrown after the commit: an exception in the transaction would roll back the count.
    const refusal = new InvalidToken();
    this.log.outcome('sign_in_failed', seen.id === NOBODY ? null : seen, client, refusal.code);
    throw refusal;
  }

  /** A wrong code runs the same statements for every address: of an unknown one, they find no row. */
  private async tryCode(
    seen: User,
    code: string,
    client: Client,
    manager: EntityManager,
  ): Promise<User | null> {
    await this.queue(seen, manager);
    const guess = await this.codes.guess(seen, code, manager);
    if (guess === 'right') {
      const user = await lockedUser(manager, seen.id);
      const isUsed = await this.codes.consume(seen, code, manager);
      if (isUsed && user?.email === seen.email) return this.proof.accept(user, client, manager);
    }
    await this.tellFailed(seen, guess, client, manager);
    await this.codes.countFailure(seen, manager);
    return null;
  }

  /** No event if there is no code to guess: anybody who knows the address could fill the user's list of events. */
  private tellFailed(seen: User, guess: Guess, client: Client, manager: EntityManager): Promise<void> {
    const fact = { action: 'sign_in_failed', client } as const;
    if (guess !== 'nothing_to_guess') return this.events.tell(manager, { ...fact, user: seen });
    return this.events.tellUnknown(manager, { ...fact, user: nobody(seen.realm, seen.email) });
  }

  /** One guess at a time for each address, known or not: none escapes the count, and all wait as long. */
  private async queue({ realm, email }: User, manager: EntityManager): Promise<void> {
    await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `passwordless ${realm} ${email}`,
    ]);
  }
}
