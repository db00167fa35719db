import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../core/clients/client.js';
import { breaksUnique } from '../core/database/database-failure.js';
import { UserEvents } from '../core/events/user-events.js';
import { EMAIL_UNIQUE_IN_REALM, type User } from '../core/users/user.entity.js';
import { BodyExtensions, type ExtraFields } from '../http/body/body-extensions.js';
import { TakenAddresses } from '../identity/email/taken-addresses.js';
import { SignUpDto } from './dto/sign-up.dto.js';

/** A sign-up with an address that another user has, or may still take back. */
export class AddressTaken extends Error {}

/** Writes a new user, with what features add to it. */
@Injectable()
export class NewUsers {
  constructor(
    private readonly addresses: TakenAddresses,
    private readonly extensions: BodyExtensions,
    private readonly events: UserEvents,
  ) {}

  /** Call it in a transaction, which fails when it throws. @throws AddressTaken, InvalidBody */
  async write(registered: User, extra: ExtraFields, client: Client, manager: EntityManager): Promise<User> {
    const user = await this.insert(registered, manager);
    if (await this.addresses.isKept(user.email, user.realm, user.id, manager)) throw new AddressTaken();
    await this.extensions.apply(SignUpDto, extra, { user, client }, manager);
    await this.events.tell(manager, { action: 'signed_up', user, client });
    return user;
  }

  private async insert(user: User, manager: EntityManager): Promise<User> {
    try {
      return await manager.save(user);
    } catch (error) {
      throw breaksUnique(error, EMAIL_UNIQUE_IN_REALM) ? new AddressTaken() : error;
    }
  }
}
