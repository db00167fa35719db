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

/** `counters` has one row for each address with failures. A code dies of the failures since it was issued. */
const LIVE_CODE = `authentication.one_time_tokens t JOIN authentication.passwordless_codes c ON c.token_digest = t.digest
    LEFT JOIN authentication.counters n ON n.key = $5
  WHERE c.user_id = $1 AND coalesce(n.count, 0) - c.failures_before < ${MAX_FAILURES}
    AND t.purpose = $3 AND t.sent_to = $4 AND t.expires_at > now()`;

/** Longer than a code lives: a count that began again would give a code more guesses. */
const COUNTED = `now() + interval '1 hour'`;

const COUNT = `INSERT INTO authentication.counters AS n (key, count, expires_at) VALUES ($1, 1, ${COUNTED})
  ON CONFLICT (key) DO UPDATE SET count = n.count + 1, expires_at = excluded.expires_at`;

const KEEP_COUNT = `UPDATE authentication.counters SET expires_at = ${COUNTED} WHERE key = $1 RETURNING count`;

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
  async issue(user: User, token: string, attempt: MailAttempt): Promise<string> {
    const code = codeFrom(attempt.derive(`passwordless code ${token}`));
    const [digest] = this.digestsOf(user.id, code);
    const [counted] = await returning<{ count: number }>(attempt.manager, KEEP_COUNT, [counterOf(user)]);
    await attempt.manager.query(
      `INSERT INTO authentication.passwordless_codes (token_digest, user_id, code_digest, failures_before)
       VALUES ($1, $2, $3, $4)
       ON CONFLICT (token_digest) DO UPDATE SET code_digest = excluded.code_digest, failures_before =
         CASE WHEN passwordless_codes.code_digest = excluded.code_digest THEN passwordless_codes.failures_before
         ELSE excluded.failures_before END`,
      [digestOf(token), user.id, digest, counted?.count ?? 0],
    );
    return code;
  }

  /**
   * Tries a code without using it up. It locks nothing, so that a wrong code of a known address writes no more than one
   * of an unknown address.
   */
  async guess(user: User, typed: string, manager: EntityManager): Promise<Guess> {
    const codes = await manager.query<{ is_right: boolean }[]>(
      `SELECT c.code_digest = ANY ($2::bytea[]) AS is_right FROM ${LIVE_CODE}`,
      this.valuesOf(user, typed),
    );
    if (codes.length === 0) return 'nothing_to_guess';
    return codes.some(({ is_right: isRight }) => isRight) ? 'right' : 'wrong';
  }

  /** One statement; lock the user's row before. @returns whether it was a live code of that user and address */
  async consume(user: User, typed: string, manager: EntityManager): Promise<boolean> {
    const rows = await returning(
      manager,
      `DELETE FROM authentication.one_time_tokens WHERE id IN (
         SELECT t.id FROM ${LIVE_CODE} AND c.code_digest = ANY ($2::bytea[])) RETURNING id`,
      this.valuesOf(user, typed),
    );
    return rows.length > 0;
  }

  /**
   * Counts against every live code of the address: nobody knows which one was meant (OWASP ASVS 6.6.3). Links stay
   * valid. It writes the same row for every address, known or not, with or without a code: the time must not tell (ASVS
   * 6.3.8).
   */
  async countFailure(user: User, manager: EntityManager): Promise<void> {
    // Does not wait for the disk: nothing is lost that a person would miss.
    await manager.query('SET LOCAL synchronous_commit = off');
    await manager.query(COUNT, [counterOf(user)]);
  }

  private valuesOf(user: User, typed: string): unknown[] {
    const digests = this.digestsOf(user.id, typedCode(typed).toUpperCase());
    return [user.id, digests, PASSWORDLESS.purpose, user.email, counterOf(user)];
  }

  /** One digest for each key, the newest first: a code that was mailed before a key was added still works. */
  private digestsOf(userId: number, code: string): Buffer[] {
    return this.keys.map((key) => digestOfCode(key, userId, code));
  }
}

/** The key of the row in `counters`. A digest, so that the table does not show which addresses were tried. */
function counterOf({ realm, email }: User): string {
  return `passwordless:${digestOf(`${realm} ${email}`).toString('base64url')}`;
}
