import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePasswordless1795000300000 implements MigrationInterface {
  readonly name = 'CreatePasswordless1795000300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE authentication.passwordless_codes (
        token_digest bytea PRIMARY KEY
          REFERENCES authentication.one_time_tokens (digest) ON DELETE CASCADE ON UPDATE CASCADE,
        user_id bigint NOT NULL REFERENCES authentication.users ON DELETE CASCADE,
        code_digest bytea NOT NULL,
        failures integer NOT NULL DEFAULT 0
      )`);
    await runner.query(
      'CREATE INDEX passwordless_codes_user_id_idx ON authentication.passwordless_codes (user_id)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE authentication.passwordless_codes');
  }
}
