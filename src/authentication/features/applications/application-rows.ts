import type { EntityManager } from 'typeorm';
import { breaksUnique } from '../../core/database/database-failure.js';
import { returning } from '../../core/database/database.js';
import { assertRoom, type RowLimit } from '../../core/database/limited-rows.js';
import { InvalidBody, NotFound } from '../../core/problems/problems.js';
import type { User } from '../../core/users/user.entity.js';
import type { ApplicationRow } from './application.view.js';
import type { CreateApplicationDto, UpdateApplicationDto } from './dto/application.dto.js';

/** Of one owner, expired ones too: they can come back. */
const APPLICATIONS: RowLimit = { most: 25, rows: 'authentication.applications WHERE owner_id = $1' };

const LIFETIME = "interval '1 year'";

const COLUMNS = `a.id, a.name, a.created_at, a.expires_at,
  (SELECT count(*) FROM authentication.users u WHERE u.realm = a.id)::int AS users_count`;

const INSERT = `INSERT INTO authentication.applications AS a (owner_id, name, expires_at)
  SELECT $1, $2, asked.expires_at
  FROM (SELECT coalesce($3::timestamptz, now() + ${LIFETIME}) AS expires_at) asked
  WHERE asked.expires_at > now() RETURNING ${COLUMNS}`;

/** Returns one row: whether the expiry is in the future, and the changed application, or nulls if none was changed. */
const UPDATE = `WITH asked AS (SELECT $4::timestamptz AS expires_at, coalesce($4 > now(), true) AS lies_ahead),
  changed AS (
    UPDATE authentication.applications a
    SET name = coalesce($3, a.name), expires_at = coalesce(asked.expires_at, a.expires_at)
    FROM asked WHERE a.id = $1 AND a.owner_id = $2 AND asked.lies_ahead RETURNING a.*)
  SELECT asked.lies_ahead, ${COLUMNS} FROM asked LEFT JOIN changed a ON true`;

type ChangedRow = { lies_ahead: boolean } & (ApplicationRow | { id: null });

/** A function, because without `strictNullChecks` TypeScript does not tell the two types apart by `id`. */
function isChanged(row: ChangedRow): row is ChangedRow & ApplicationRow {
  return row.id !== null;
}

/** The owner's applications, newest first. */
export function listApplications(owner: User, manager: EntityManager): Promise<ApplicationRow[]> {
  return manager.query<ApplicationRow[]>(
    `SELECT ${COLUMNS} FROM authentication.applications a WHERE a.owner_id = $1 ORDER BY a.created_at DESC, a.id`,
    [owner.id],
  );
}

/** @throws NotFound */
export async function findApplication(
  owner: User,
  id: string,
  manager: EntityManager,
): Promise<ApplicationRow> {
  const [row] = await manager.query<ApplicationRow[]>(
    `SELECT ${COLUMNS} FROM authentication.applications a WHERE a.id = $1 AND a.owner_id = $2`,
    [id, owner.id],
  );
  if (row === undefined) throw new NotFound();
  return row;
}

/**
 * Lock the owner's row before. @throws InvalidBody `taken` or `too_many` on `name`, `invalid` on an `expires_at` that has
 * passed
 */
export async function insertApplication(
  owner: User,
  { name, expires_at: expiresAt }: CreateApplicationDto,
  manager: EntityManager,
): Promise<ApplicationRow> {
  await assertRoom(manager, APPLICATIONS, [owner.id]);
  const [row] = await namedOnce(manager.query<ApplicationRow[]>(INSERT, [owner.id, name, expiresAt]));
  if (row === undefined) throw InvalidBody.of('expires_at', 'invalid');
  return row;
}

/** @throws NotFound; InvalidBody `taken` on `name`, `invalid` on an `expires_at` that has passed */
export async function updateApplication(
  owner: User,
  id: string,
  { name, expires_at: expiresAt }: UpdateApplicationDto,
  manager: EntityManager,
): Promise<ApplicationRow> {
  const [row] = await namedOnce(manager.query<ChangedRow[]>(UPDATE, [id, owner.id, name, expiresAt]));
  if (row?.lies_ahead === false) throw InvalidBody.of('expires_at', 'invalid');
  if (row === undefined || !isChanged(row)) throw new NotFound();
  return row;
}

/** @throws NotFound */
export async function deleteApplication(owner: User, id: string, manager: EntityManager): Promise<void> {
  const removed = await returning(
    manager,
    'DELETE FROM authentication.applications WHERE id = $1 AND owner_id = $2 RETURNING id',
    [id, owner.id],
  );
  if (removed.length === 0) throw new NotFound();
}

/** @throws InvalidBody `taken` on `name` */
async function namedOnce<T>(written: Promise<T>): Promise<T> {
  try {
    return await written;
  } catch (error) {
    if (breaksUnique(error, 'applications_owner_id_name_key')) throw InvalidBody.of('name', 'taken');
    throw error;
  }
}
