import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A code keeps the count of failures at which it was issued; the count itself is that of the address, in `counters`. Codes
 * that are in a mailbox while this runs end: they live 10 minutes, and their links stay valid.
 */
export class CountFailuresByAddress1795001460000 implements MigrationInterface {
  readonly name = 'CountFailuresByAddress1795001460000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DELETE FROM authentication.passwordless_codes');
    await runner.query(
      'ALTER TABLE authentication.passwordless_codes DROP COLUMN failures, ADD COLUMN failures_before integer NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE authentication.passwordless_codes DROP COLUMN failures_before, ADD COLUMN failures integer NOT NULL DEFAULT 0',
    );
  }
}
