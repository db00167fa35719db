import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ROOT_REALM_ID } from '../../core/realms/realm.js';
import { Sweeper } from '../../core/sweeping/sweeper.js';

/** Users at a time: each takes its sessions, tokens and what features keep of it along. */
const BATCH = 200;

/**
 * Users whose realm is no application any more. The realms in use are read by skipping from one to the next in the
 * index of addresses, so that the users of live realms cost nothing; and in its order, so that the planner takes it.
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

/** Sweeps those who nobody can reach any more, since no key chooses their realm. */
@Injectable()
export class FormerUsers implements OnModuleInit {
  constructor(private readonly sweeper: Sweeper) {}

  onModuleInit(): void {
    this.sweeper.add({ table: 'users', condition: FORMER, batch: BATCH });
  }
}
