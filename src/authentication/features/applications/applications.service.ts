import { Injectable } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import { breaksUnique } from '../../core/database/database-failure.js';
import { Database, returning } from '../../core/database/database.js';
import { UserEvents } from '../../core/events/user-events.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import { InvalidBody, NotFound } from '../../core/problems/problems.js';
import type { User } from '../../core/users/user.entity.js';
import { assertMayIssue, type Caller } from '../../sessions/caller.js';
import { Callers } from '../../sessions/callers.js';
import { ApiKeys } from './api-keys.service.js';
import type { ApplicationRow } from './application.view.js';
import type { CreateApplicationDto, UpdateApplicationDto } from './dto/application.dto.js';

const LIFETIME = "interval '1 year'";

const COLUMNS = `a.id, a.name, a.created_at, a.expires_at,
  (SELECT count(*) FROM authentication.users u WHERE u.realm = a.id)::int AS users_count`;

const INSERT = `INSERT INTO authentication.applications AS a (owner_id, name, expires_at)
  SELECT $1, $2, asked.expires_at
  FROM (SELECT coalesce($3::timestamptz, now() + ${LIFETIME}) AS expires_at) asked
  WHERE asked.expires_at > now() RETURNING ${COLUMNS}`;

/** One row: whether the expiry lies ahead, beside the changed application or nulls. */
const UPDATE = `WITH asked AS (SELECT $4::timestamptz AS expires_at, coalesce($4 > now(), true) AS lies_ahead),
  changed AS (
    UPDATE authentication.applications a
    SET name = coalesce($3, a.name), expires_at = coalesce(asked.expires_at, a.expires_at)
    FROM asked WHERE a.id = $1 AND a.owner_id = $2 AND asked.lies_ahead RETURNING a.*)
  SELECT asked.lies_ahead, ${COLUMNS} FROM asked LEFT JOIN changed a ON true`;

type ChangedRow = { lies_ahead: boolean } & (ApplicationRow | { id: null });

@Injectable()
export class ApplicationsService {
  constructor(
    private readonly database: Database,
    private readonly callers: Callers,
    private readonly keys: ApiKeys,
    private readonly events: UserEvents,
    private readonly log: AuthenticationLog,
  ) {}

  listOf(owner: User): Promise<ApplicationRow[]> {
    return this.database.manager.query<ApplicationRow[]>(
      `SELECT ${COLUMNS} FROM authentication.applications a WHERE a.owner_id = $1 ORDER BY a.created_at DESC, a.id`,
      [owner.id],
    );
  }

  /** @throws NotFound */
  async find(owner: User, id: string): Promise<ApplicationRow> {
    const [row] = await this.database.manager.query<ApplicationRow[]>(
      `SELECT ${COLUMNS} FROM authentication.applications a WHERE a.id = $1 AND a.owner_id = $2`,
      [id, owner.id],
    );
    if (row === undefined) throw new NotFound();
    return row;
  }

  /** @throws InvalidBody `taken` on `name`, `invalid` on an `expires_at` that has passed; AuthenticationRequired */
  async create(
    caller: Caller,
    { name, expires_at: expiresAt }: CreateApplicationDto,
    client: Client,
  ): Promise<{ row: ApplicationRow; key: string }> {
    assertMayIssue(caller);
    const created = await namedOnce(() =>
      this.callers.hold(caller, async (owner, manager) => {
        const [row] = await manager.query<ApplicationRow[]>(INSERT, [owner.id, name, expiresAt]);
        if (row === undefined) throw InvalidBody.of('expires_at', 'invalid');
        await this.events.tell(manager, { action: 'application_created', user: owner, client });
        return { row, key: await this.keys.issue(row.id, manager) };
      }),
    );
    this.log.outcome('application_created', caller.user, client);
    return created;
  }

  /** @throws NotFound; as `create` does */
  async change(
    caller: Caller,
    id: string,
    { name, expires_at: expiresAt }: UpdateApplicationDto,
    client: Client,
  ): Promise<ApplicationRow> {
    const [row] = await namedOnce(() =>
      this.callers.hold(caller, (owner, manager) =>
        manager.query<ChangedRow[]>(UPDATE, [id, owner.id, name, expiresAt]),
      ),
    );
    if (row?.lies_ahead === false) throw InvalidBody.of('expires_at', 'invalid');
    if (row === undefined || row.id === null) throw new NotFound();
    this.log.outcome('application_changed', caller.user, client);
    return row;
  }

  /**
   * Its key chooses nothing any more and its mailed links are dead; the rows of its users are left to the sweeper.
   * @throws NotFound, AuthenticationRequired
   */
  async remove(caller: Caller, id: string, client: Client): Promise<void> {
    await this.callers.hold(caller, async (owner, manager) => {
      const removed = await returning(
        manager,
        'DELETE FROM authentication.applications WHERE id = $1 AND owner_id = $2 RETURNING id',
        [id, owner.id],
      );
      if (removed.length === 0) throw new NotFound();
      await this.events.tell(manager, { action: 'application_deleted', user: owner, client });
    });
    this.log.outcome('application_deleted', caller.user, client);
  }
}

/** @throws InvalidBody `taken` on `name` */
async function namedOnce<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (breaksUnique(error, 'applications_owner_id_name_key')) throw InvalidBody.of('name', 'taken');
    throw error;
  }
}
