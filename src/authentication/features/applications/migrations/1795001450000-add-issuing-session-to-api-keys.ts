import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Without a foreign key: a key outlives the session that issued it. Null in older rows. */
export class AddIssuingSessionToApiKeys1795001450000 implements MigrationInterface {
  readonly name = 'AddIssuingSessionToApiKeys1795001450000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE authentication.api_keys ADD COLUMN issued_by bigint');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE authentication.api_keys DROP COLUMN issued_by');
  }
}
