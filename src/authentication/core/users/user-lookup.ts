import { Injectable } from '@nestjs/common';
import { EntityColumns, namedStatement } from '../database/entity-columns.js';
import { Database, type Statement } from '../database/database.js';
import { nobody } from './nobody.js';
import { User } from './user.entity.js';

/** Finds the user of an address. A known and an unknown address cost the same (OWASP ASVS 6.3.8). */
@Injectable()
export class UserLookup {
  private readonly columns: EntityColumns<User>;
  private readonly statement: Statement;

  constructor(private readonly database: Database) {
    this.columns = new EntityColumns(database.dataSource, User, 'u');
    // One row for any address: without a user, all its values are null.
    this.statement = namedStatement(
      'user_by_email',
      `SELECT ${this.columns.list} FROM (VALUES (1)) AS always
       LEFT JOIN authentication.users u ON u.realm = $1 AND u.email = $2`,
    );
  }

  /** @returns `nobody` for an unknown address */
  async find(realm: string, email: string): Promise<User> {
    const [row] = await this.database.values(this.statement, [realm, email]);
    const user = this.columns.read(row ?? [], 0);
    return (user.id as number | null) === null ? nobody(realm, email) : user;
  }
}
