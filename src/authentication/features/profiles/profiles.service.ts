import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { breaksUnique } from '../../core/database/database-failure.js';
import { Database } from '../../core/database/database.js';
import { UserEvents, type UserFact, type UserListener } from '../../core/events/user-events.js';
import { InvalidBody } from '../../core/problems/problems.js';
import type { User } from '../../core/users/user.entity.js';
import type { Caller } from '../../sessions/caller.js';
import { CallerLock } from '../../sessions/caller-lock.js';
import type { ProfileDto } from './dto/profile.dto.js';
import { Profile, USERNAME_UNIQUE_IN_REALM } from './profile.entity.js';

@Injectable()
export class ProfilesService implements UserListener, OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly callerLock: CallerLock,
    private readonly events: UserEvents,
  ) {}

  onModuleInit(): void {
    this.events.listen(this);
  }

  async find(user: User, manager = this.database.manager): Promise<Profile> {
    return (await manager.findOneBy(Profile, { userId: user.id })) ?? Profile.emptyOf(user);
  }

  /** @throws InvalidBody `taken` on `username`; AuthenticationRequired */
  change(current: Caller, given: ProfileDto): Promise<Profile> {
    return this.callerLock.hold(current, async (user, manager) => {
      const profile = await this.find(user, manager);
      profile.change(given);
      await this.keep(profile, manager);
      return profile;
    });
  }

  /** Saves a profile. Call it while the user's row is locked. @throws InvalidBody `taken` on `username` */
  async keep(profile: Profile, manager: EntityManager): Promise<void> {
    try {
      await manager.save(profile);
    } catch (error) {
      throw breaksUnique(error, USERNAME_UNIQUE_IN_REALM) ? usernameTaken() : error;
    }
  }

  /** Deletes the profile at a takeover: a person who is not the owner may have registered the address. */
  async onUserFact({ action, user }: UserFact, manager: EntityManager): Promise<void> {
    if (action === 'taken_over') await manager.delete(Profile, { userId: user.id });
  }
}

function usernameTaken(): InvalidBody {
  return InvalidBody.of('username', 'taken');
}
