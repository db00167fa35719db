import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../core/clients/client.js';
import { Database } from '../../core/database/database.js';
import { UserEvents } from '../../core/events/user-events.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import { InvalidToken } from '../../core/problems/problems.js';
import type { Realm } from '../../core/realms/realm.js';
import { nobody, NOBODY } from '../../core/users/nobody.js';
import { UserLookup } from '../../core/users/user-lookup.js';
import { User } from '../../core/users/user.entity.js';
import { SignInService, type Entry } from '../../sessions/sign-in.service.js';
import { AddressProof } from './address-proof.js';
import { SignInCodes } from './sign-in-codes.js';

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
    await manager.query('SELECT 1 FROM authentication.users WHERE id = $1 FOR NO KEY UPDATE', [seen.id]);
    const isRight = await this.codes.consume(seen.id, seen.email, code, manager);
    const user = isRight ? await manager.findOneBy(User, { id: seen.id }) : null;
    if (user?.email === seen.email) return this.proof.accept(user, client, manager);
    await this.recordFailure(seen, client, manager);
    return null;
  }

  /** No event if there is no code to guess: anybody who knows the address could fill the user's list of events. */
  private async recordFailure(seen: User, client: Client, manager: EntityManager): Promise<void> {
    const isGuess = await this.codes.countFailure(seen.id, manager);
    const fact = { action: 'sign_in_failed', client } as const;
    if (isGuess) await this.events.tell(manager, { ...fact, user: seen });
    else await this.events.tellUnknown(manager, { ...fact, user: nobody(seen.realm, seen.email) });
  }

  /** Requests for a known address wait for the user's row. This lock lets requests for an unknown one wait as long. */
  private async queue({ realm, email }: User, manager: EntityManager): Promise<void> {
    await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `passwordless ${realm} ${email}`,
    ]);
  }
}
