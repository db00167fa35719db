import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { UserEvents, type UserFact, type UserListener } from '../../core/events/user-events.js';
import { MailQueue } from '../../core/mail/mail-queue.js';
import { ROOT_REALM_ID } from '../../core/realms/realm.js';
import { Sweeper } from '../../core/sweeping/sweeper.js';

/** Users in one statement: their sessions, tokens and rows of features are deleted with them. */
const BATCH = 200;

/**
 * Users whose application no longer exists. The query skips from realm to realm in the index on realm and email, so it
 * does not read the users of live realms. It selects in the order of that index, so that the planner uses it.
 */
const FORMER = `ctid = ANY (ARRAY(
  WITH RECURSIVE used (realm) AS (
    (SELECT realm FROM authentication.users ORDER BY realm LIMIT 1)
    UNION ALL
    SELECT (SELECT u.realm FROM authentication.users u WHERE u.realm > used.realm ORDER BY u.realm LIMIT 1)
    FROM used WHERE used.realm IS NOT NULL),
  gone (realm) AS MATERIALIZED (
    SELECT realm FROM used WHERE realm <> '${ROOT_REALM_ID}'
    AND NOT EXISTS (SELECT 1 FROM authentication.applications a WHERE a.id = used.realm))
  SELECT former.ctid FROM gone CROSS JOIN LATERAL (
    SELECT u.ctid FROM authentication.users u WHERE u.realm = gone.realm ORDER BY u.email LIMIT ${BATCH}) former
  LIMIT ${BATCH}))`;

/** Sweeps the users of deleted applications, whom no request can reach: no key selects their realm. */
@Injectable()
export class FormerUsers implements UserListener, OnModuleInit {
  constructor(
    private readonly sweeper: Sweeper,
    private readonly events: UserEvents,
    private readonly mails: MailQueue,
  ) {}

  onModuleInit(): void {
    this.events.listen(this);
    this.sweeper.add({ table: 'users', condition: FORMER, batch: BATCH });
  }

  /** A deleted owner's applications are deleted by their foreign key. */
  async onUserFact({ action, user }: UserFact, manager: EntityManager): Promise<void> {
    if (action !== 'deleted') return;
    const owned = await manager.query<{ id: string }[]>(
      'SELECT id FROM authentication.applications WHERE owner_id = $1',
      [user.id],
    );
    await this.forgetMails(
      owned.map(({ id }) => id),
      manager,
    );
  }

  /** Deletes the addresses of users that wait in the queue, at the time their applications are deleted. */
  async forgetMails(applications: readonly string[], manager: EntityManager): Promise<void> {
    if (applications.length > 0) await this.mails.forgetRealms(manager, applications);
  }
}
