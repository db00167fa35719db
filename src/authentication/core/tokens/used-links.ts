import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../database/database.js';
import { digestOf } from './secret.js';

/**
 * Remembers for a day which button was pressed with which mailed link, for the answer to a second press. The rows outlive
 * the account, which the button may delete, so they hold a digest of the token and nothing else. Each button has a name of
 * its own: after "confirm", a press of "It was not me" is not a second press.
 */
@Injectable()
export class UsedLinks {
  constructor(private readonly database: Database) {}

  /** Call it in the transaction that uses the token up: the second press may wait for its end. */
  async keep(button: string, token: string, manager: EntityManager): Promise<void> {
    await manager.query(
      `INSERT INTO authentication.counters (key, count, expires_at) VALUES ($1, 1, now() + interval '1 day')
       ON CONFLICT (key) DO NOTHING`,
      [keyOf(button, token)],
    );
  }

  async has(button: string, token: string): Promise<boolean> {
    const rows = await this.database.manager.query<unknown[]>(
      'SELECT 1 FROM authentication.counters WHERE key = $1 AND expires_at > now()',
      [keyOf(button, token)],
    );
    return rows.length > 0;
  }
}

function keyOf(button: string, token: string): string {
  return `used:${button}:${digestOf(token).toString('base64url')}`;
}
