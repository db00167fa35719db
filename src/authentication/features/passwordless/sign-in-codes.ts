import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { returning } from '../../core/database/database.js';
import type { MailAttempt } from '../../core/mail/mail-attempt.js';
import { secretKeysFor, type AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';
import { digestOf } from '../../core/tokens/secret.js';
import { typedCode } from '../../core/unicode/typed.js';
import type { User } from '../../core/users/user.entity.js';
import { PASSWORDLESS } from './passwordless.token.js';
import { codeFrom, digestOfCode } from './sign-in-code.js';

const MAX_FAILURES = 5;

const LIVE_CODE = `authentication.one_time_tokens t JOIN authentication.passwordless_codes c ON c.token_digest = t.digest
  WHERE c.user_id = $1 AND c.failures < ${MAX_FAILURES}
    AND t.purpose = $3 AND t.sent_to = $4 AND t.expires_at > now()`;

const COUNT = `WITH counted AS (
    UPDATE authentication.passwordless_codes c SET failures = c.failures + 1 FROM authentication.one_time_tokens t
    WHERE t.digest = c.token_digest AND c.user_id = $1 AND t.expires_at > now()
    RETURNING 1),
  stand_in AS (
    INSERT INTO authentication.counters AS n (key, count, expires_at)
    SELECT $2, 1, now() + interval '10 minutes' WHERE NOT EXISTS (SELECT 1 FROM counted)
    ON CONFLICT (key) DO UPDATE SET count = n.count + 1)
  SELECT 1`;

/** What a typed code is; with no live code, there is nothing to guess. */
export type Guess = 'right' | 'wrong' | 'nothing_to_guess';

/** The codes in the same mail as the links. Both belong to one token row, so using one ends the other. */
@Injectable()
export class SignInCodes {
  private readonly keys: readonly Buffer[];

  constructor(@Settings() settings: AuthenticationSettings) {
    this.keys = secretKeysFor('passwordless', settings);
  }

  /**
   * A mail that is sent again has the same code, with its failures still counted, as long as it has the same link.
   * @param token of the link that is in the same mail
   */
  async issue(userId: number, token: string, attempt: MailAttempt): Promise<string> {
    const code = codeFrom(attempt.derive(`passwordless code ${token}`));
    const [digest] = this.digestsOf(userId, code);
    await attempt.manager.query(
      `INSERT INTO authentication.passwordless_codes (token_digest, user_id, code_digest) VALUES ($1, $2, $3)
       ON CONFLICT (token_digest) DO UPDATE SET code_digest = excluded.code_digest,
         failures = CASE WHEN passwordless_codes.code_digest = excluded.code_digest THEN passwordless_codes.failures ELSE 0 END`,
      [digestOf(token), userId, digest],
    );
    return code;
  }

  /**
   * Tries a code without using it up. It locks nothing, so that a wrong code of a known address writes no more than one
   * of an unknown address.
   */
  async guess(userId: number, sentTo: string, typed: string, manager: EntityManager): Promise<Guess> {
    const codes = await manager.query<{ is_right: boolean }[]>(
      `SELECT c.code_digest = ANY ($2::bytea[]) AS is_right FROM ${LIVE_CODE}`,
      this.valuesOf(userId, sentTo, typed),
    );
    if (codes.length === 0) return 'nothing_to_guess';
    return codes.some(({ is_right: isRight }) => isRight) ? 'right' : 'wrong';
  }

  /** One statement; lock the user's row before. @returns whether it was a live code of that user and address */
  async consume(userId: number, sentTo: string, typed: string, manager: EntityManager): Promise<boolean> {
    const rows = await returning(
      manager,
      `DELETE FROM authentication.one_time_tokens WHERE id IN (
         SELECT t.id FROM ${LIVE_CODE} AND c.code_digest = ANY ($2::bytea[])) RETURNING id`,
      this.valuesOf(userId, sentTo, typed),
    );
    return rows.length > 0;
  }

  /**
   * Counts against every live code of the user: nobody knows which one was meant (OWASP ASVS 6.6.3). Links stay valid.
   * Without a code to count against, it writes a row of no meaning: the time must not tell (ASVS 6.3.8).
   */
  async countFailure({ id, realm, email }: User, manager: EntityManager): Promise<void> {
    // Does not wait for the disk: nothing is lost that a person would miss.
    await manager.query('SET LOCAL synchronous_commit = off');
    await manager.query(COUNT, [id, `passwordless:${digestOf(`${realm} ${email}`).toString('base64url')}`]);
  }

  private valuesOf(userId: number, sentTo: string, typed: string): unknown[] {
    return [userId, this.digestsOf(userId, typedCode(typed).toUpperCase()), PASSWORDLESS.purpose, sentTo];
  }

  /** One digest for each key, the newest first: a code that was mailed before a key was added still works. */
  private digestsOf(userId: number, code: string): Buffer[] {
    return this.keys.map((key) => digestOfCode(key, userId, code));
  }
}
