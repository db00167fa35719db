import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { returning } from '../../core/database/database.js';
import { digestOf } from '../../core/tokens/secret.js';
import type { User } from '../../core/users/user.entity.js';

const COUNT = 10;
/** Crockford's base32: no i, l, o or u, which people misread. 32 letters, so a byte's low five bits pick one evenly. */
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';
const LENGTH = 15;

/** What a user types who lost the app. Each works once; the database holds digests alone. */
@Injectable()
export class RecoveryCodes {
  /** Ten new ones; those before are void. @returns them in clear, to be shown once */
  async renew(user: User, manager: EntityManager): Promise<string[]> {
    await this.drop(user, manager);
    const codes = Array.from({ length: COUNT }, newRecoveryCode);
    await manager.query(
      'INSERT INTO authentication.recovery_codes (user_id, digest) SELECT $1, unnest($2::bytea[])',
      [user.id, codes.map(digestOfCode)],
    );
    return codes;
  }

  /** One statement: of many at once, one wins. */
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
}

/** 75 random bits (OWASP ASVS 6.5.3 wants 20 at least), in three groups that can be read out: `7k2mq-x0d4e-9ryat`. */
function newRecoveryCode(): string {
  const letters = Array.from(randomBytes(LENGTH), (byte) => LETTERS.charAt(byte & 31)).join('');
  return letters.replace(/(.{5})(?=.)/g, '$1-');
}

/** However it was typed: any case, dashes and spaces or none, letters that look like digits (Crockford). */
function digestOfCode(code: string): Buffer {
  const typed = code.toLowerCase().replace(/[\s-]/g, '').replace(/o/g, '0').replace(/[il]/g, '1');
  return digestOf(typed);
}
