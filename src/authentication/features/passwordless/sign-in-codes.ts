import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { returning } from '../../core/database/database.js';
import type { MailAttempt } from '../../core/mail/mail-attempt.js';
import { secretKeysFor, type AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';
import { digestOf } from '../../core/tokens/secret.js';
import { typedCode } from '../../core/unicode/typed.js';
import { PASSWORDLESS } from './passwordless.token.js';
import { codeFrom, digestOfCode } from './sign-in-code.js';

const MAX_FAILURES = 5;

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

  /** One statement; lock the user's row before. @returns whether it was a live code of that user and address */
  async consume(userId: number, sentTo: string, typed: string, manager: EntityManager): Promise<boolean> {
    const rows = await returning(
      manager,
      `DELETE FROM authentication.one_time_tokens t USING authentication.passwordless_codes c
       WHERE c.token_digest = t.digest AND c.user_id = $1 AND c.code_digest = ANY ($2::bytea[])
         AND c.failures < ${MAX_FAILURES} AND t.purpose = $3 AND t.sent_to = $4 AND t.expires_at > now()
       RETURNING t.id`,
      [userId, this.digestsOf(userId, typedCode(typed).toUpperCase()), PASSWORDLESS.purpose, sentTo],
    );
    return rows.length > 0;
  }

  /**
   * Counts against every live code of the user: nobody knows which one was meant (OWASP ASVS 6.6.3). Links stay valid.
   * @returns whether the user had a code that could still be guessed
   */
  async countFailure(userId: number, manager: EntityManager): Promise<boolean> {
    // Does not wait for the disk: an unknown address writes nothing, and must not get a faster answer (ASVS 6.3.8).
    await manager.query('SET LOCAL synchronous_commit = off');
    const counted = await returning<{ failures: number }>(
      manager,
      `UPDATE authentication.passwordless_codes c SET failures = c.failures + 1
       FROM authentication.one_time_tokens t
       WHERE t.digest = c.token_digest AND c.user_id = $1 AND t.expires_at > now()
       RETURNING c.failures`,
      [userId],
    );
    return counted.some(({ failures }) => failures <= MAX_FAILURES);
  }

  /** One digest for each key, the newest first: a code that was mailed before a key was added still works. */
  private digestsOf(userId: number, code: string): Buffer[] {
    return this.keys.map((key) => digestOfCode(key, userId, code));
  }
}
