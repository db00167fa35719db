import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { returning } from '../../core/database/database.js';
import { addedSince, attackStartValue, type AttackStart } from '../../core/events/attack-start.js';
import { digestOf } from '../../core/tokens/secret.js';
import { typedCode } from '../../core/unicode/typed.js';
import type { User } from '../../core/users/user.entity.js';
import type { Caller } from '../../sessions/caller.js';

const COUNT = 10;
/** Crockford's base32: no i, l and o, which look like digits, and no u. Five random bits select one of 32 letters. */
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';
const LENGTH = 15;

/** Codes for users who lost the authenticator app. Each works once. The database holds only their digests. */
@Injectable()
export class RecoveryCodes {
  /** Replaces all codes of the user by ten new ones. @returns the codes in clear, to be shown once */
  async renew(user: User, { session }: Caller, manager: EntityManager): Promise<string[]> {
    await this.drop(user, manager);
    const codes = Array.from({ length: COUNT }, newRecoveryCode);
    await manager.query(
      `INSERT INTO authentication.recovery_codes (user_id, issued_by, digest)
       SELECT $1, $2, unnest($3::bytea[])`,
      [user.id, session.id, codes.map(digestOfCode)],
    );
    return codes;
  }

  /** One statement, so that a code is accepted once, also for requests at the same time. */
  async consume(user: User, code: string, manager: EntityManager): Promise<boolean> {
    const rows = await returning(
      manager,
      'DELETE FROM authentication.recovery_codes WHERE user_id = $1 AND digest = $2 RETURNING 1',
      [user.id, digestOfCode(code)],
    );
    return rows.length === 1;
  }

  async remaining(user: User, manager: EntityManager): Promise<number> {
    const rows = await manager.query<unknown[]>(
      'SELECT 1 FROM authentication.recovery_codes WHERE user_id = $1',
      [user.id],
    );
    return rows.length;
  }

  async drop(user: User, manager: EntityManager): Promise<void> {
    await manager.query('DELETE FROM authentication.recovery_codes WHERE user_id = $1', [user.id]);
  }

  /** Deletes codes that an attacker made. */
  async dropSince(since: AttackStart, user: User, manager: EntityManager): Promise<void> {
    await manager.query(
      `DELETE FROM authentication.recovery_codes c WHERE c.user_id = $1 AND ${addedSince(since, 'c', 2)}`,
      [user.id, attackStartValue(since)],
    );
  }
}

/** 75 random bits (OWASP ASVS 6.5.4 requires at least 20) in three groups, such as `7k2mq-x0d4e-9ryat`. */
function newRecoveryCode(): string {
  const letters = Array.from(randomBytes(LENGTH), (byte) => LETTERS.charAt(byte & 31)).join('');
  return letters.replace(/(.{5})(?=.)/g, '$1-');
}

/** Accepts a code in any case, with o for 0, and with i or l for 1 (Crockford). */
function digestOfCode(code: string): Buffer {
  return digestOf(typedCode(code).toLowerCase().replace(/o/g, '0').replace(/[il]/g, '1'));
}
