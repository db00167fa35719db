import { Injectable } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import { Database } from '../../core/database/database.js';
import { UserEvents } from '../../core/events/user-events.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import type { User } from '../../core/users/user.entity.js';
import { assertMayIssue, type Caller } from '../../sessions/caller.js';
import { CallerLock } from '../../sessions/caller-lock.js';
import { ApiKeys } from './api-keys.service.js';
import {
  deleteApplication,
  findApplication,
  insertApplication,
  listApplications,
  updateApplication,
} from './application-rows.js';
import type { ApplicationRow } from './application.view.js';
import { FormerUsers } from './former-users.js';
import type { CreateApplicationDto, UpdateApplicationDto } from './dto/application.dto.js';

@Injectable()
export class ApplicationsService {
  constructor(
    private readonly database: Database,
    private readonly callerLock: CallerLock,
    private readonly keys: ApiKeys,
    private readonly formerUsers: FormerUsers,
    private readonly events: UserEvents,
    private readonly log: AuthenticationLog,
  ) {}

  listOf(owner: User): Promise<ApplicationRow[]> {
    return listApplications(owner, this.database.manager);
  }

  /** @throws NotFound */
  find(owner: User, id: string): Promise<ApplicationRow> {
    return findApplication(owner, id, this.database.manager);
  }

  /** @throws InvalidBody `taken` or `too_many` on `name`, `invalid` on an `expires_at` that has passed; AuthenticationRequired */
  async create(
    caller: Caller,
    body: CreateApplicationDto,
    client: Client,
  ): Promise<{ row: ApplicationRow; key: string }> {
    assertMayIssue(caller);
    const created = await this.callerLock.hold(caller, async (owner, manager) => {
      const row = await insertApplication(owner, body, manager);
      await this.events.tell(manager, { action: 'application_created', user: owner, client });
      return { row, key: await this.keys.issue(row.id, caller, manager) };
    });
    this.log.outcome('application_created', caller.user, client);
    return created;
  }

  /** @throws NotFound, and as `create` */
  async change(
    caller: Caller,
    id: string,
    body: UpdateApplicationDto,
    client: Client,
  ): Promise<ApplicationRow> {
    if (body.expires_at !== undefined) assertMayIssue(caller);
    const changed = await this.callerLock.hold(caller, (owner, manager) =>
      updateApplication(owner, id, body, manager),
    );
    this.log.outcome('application_changed', caller.user, client);
    return changed;
  }

  /**
   * Deletes an application. Its keys and mailed links stop working immediately; the sweeper deletes its users later.
   * @throws NotFound, AuthenticationRequired
   */
  async remove(caller: Caller, id: string, client: Client): Promise<void> {
    await this.callerLock.hold(caller, async (owner, manager) => {
      await deleteApplication(owner, id, manager);
      await this.formerUsers.forgetMails([id], manager);
      await this.events.tell(manager, { action: 'application_deleted', user: owner, client });
    });
    this.log.outcome('application_deleted', caller.user, client);
  }
}
