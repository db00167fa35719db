import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateProfiles1795000900000 implements MigrationInterface {
  readonly name = 'CreateProfiles1795000900000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE authentication.profiles (
        user_id bigint PRIMARY KEY REFERENCES authentication.users ON DELETE CASCADE,
        realm uuid NOT NULL,
        first_name text,
        last_name text,
        username text
      )`);
    // Collation "C", because lower() must not depend on the database's locale: in Turkish, lower('I') is not 'i'.
    await runner.query(`
      CREATE UNIQUE INDEX profiles_realm_username_key
        ON authentication.profiles (realm, lower(username COLLATE "C"))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE authentication.profiles');
  }
}
