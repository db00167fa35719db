import { returning } from '../database/database.js';
import type { MailAttempt } from '../mail/mail-attempt.js';
import type { User } from '../users/user.entity.js';
import type { TokenKind } from './one-time-token.entity.js';
import { digestOf } from './secret.js';

const ISSUE = `INSERT INTO authentication.one_time_tokens (user_id, purpose, sent_to, job_id, digest, expires_at)
  VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6)) RETURNING id`;

/** The digest too: another instance may derive the secret by another key. */
const RENEW = `UPDATE authentication.one_time_tokens SET digest = $5, expires_at = now() + make_interval(secs => $6)
  WHERE user_id = $1 AND purpose = $2 AND sent_to = $3 AND job_id = $4 RETURNING id`;

/**
 * A one-time token for a mail: one row for all tries, and each try starts its lifetime anew.
 * @returns the secret, which exists in clear in the mail alone; null for a mail that is one too many, and for one whose
 * token was used or revoked since an earlier try
 */
export async function issueMailedToken(
  kind: TokenKind,
  user: User,
  sentTo: string,
  attempt: MailAttempt,
): Promise<string | null> {
  if (!(await attempt.admit())) return null;
  const secret = attempt.secret(kind.purpose);
  const values = [user.id, kind.purpose, sentTo, attempt.jobId, digestOf(secret), kind.lifetimeSeconds];
  const rows = attempt.isFirst
    ? await attempt.manager.query<unknown[]>(ISSUE, values)
    : await returning(attempt.manager, RENEW, values);
  return rows.length === 0 ? null : secret;
}
