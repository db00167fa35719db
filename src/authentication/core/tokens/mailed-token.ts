import { returning } from '../database/database.js';
import type { MailAttempt } from '../mail/mail-attempt.js';
import type { User } from '../users/user.entity.js';
import type { TokenKind } from './one-time-token.entity.js';
import { digestOf } from './secret.js';

const INSERT = `INSERT INTO authentication.one_time_tokens (user_id, purpose, sent_to, job_id, digest, expires_at)
  VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6)) RETURNING id`;

/**
 * The secret is derived from `created_at`. For an expired row it is set to now: this try gets a new secret, and the old
 * one stays invalid.
 */
const FIND = `UPDATE authentication.one_time_tokens
  SET created_at = CASE WHEN expires_at > now() THEN created_at ELSE now() END
  WHERE user_id = $1 AND purpose = $2 AND sent_to = $3 AND job_id = $4
  RETURNING id, extract(epoch FROM created_at)::float8 AS began`;

/** Writes the digest again, since another instance may have derived the secret with another key. */
const RENEW = `UPDATE authentication.one_time_tokens SET digest = $2, expires_at = now() + make_interval(secs => $3)
  WHERE id = $1`;

interface Row {
  id: string;
  began: number;
}

/**
 * Issues a one-time token for a mail, with one row for all tries. A try before the token expires gets the same secret
 * and starts its lifetime again. A later try gets a new secret, so that the link of a late mail works.
 * @returns the secret, which exists in clear only in the mail; null when the limit of mails is passed, or when the token
 * was used or revoked after an earlier try
 */
export async function issueMailedToken(
  kind: TokenKind,
  user: User,
  sentTo: string,
  attempt: MailAttempt,
): Promise<string | null> {
  if (!(await attempt.admit())) return null;
  const { manager } = attempt;
  const row = [user.id, kind.purpose, sentTo, attempt.jobId];
  if (attempt.isFirst) await manager.query(INSERT, [...row, attempt.derive('begun'), kind.lifetimeSeconds]);
  const [found] = await returning<Row>(manager, FIND, row);
  if (found === undefined) return null;
  const secret = attempt.secret(`${kind.purpose} ${found.began}`);
  await manager.query(RENEW, [found.id, digestOf(secret), kind.lifetimeSeconds]);
  return secret;
}
