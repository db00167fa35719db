import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `issued_by` is the id of the session that set a factor up, without a foreign key, and null in older rows.
 * `forgotten_step` is the latest step that `accepted_steps` no longer holds.
 */
export class AddIssuingSessionToFactors1795001200000 implements MigrationInterface {
  readonly name = 'AddIssuingSessionToFactors1795001200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE authentication.totp_secrets
        ADD COLUMN issued_by bigint,
        ADD COLUMN forgotten_step bigint`);
    // Until now only the accepted step and the two before it were kept.
    await runner.query(`
      UPDATE authentication.totp_secrets
      SET forgotten_step = (SELECT max(step) - 3 FROM unnest(accepted_steps) step)
      WHERE cardinality(accepted_steps) > 0`);
    await runner.query(`
      ALTER TABLE authentication.recovery_codes
        ADD COLUMN issued_by bigint,
        ADD COLUMN created_at timestamptz(3) NOT NULL DEFAULT now()`);
    await runner.query(`
      UPDATE authentication.recovery_codes c SET created_at = s.created_at
      FROM authentication.totp_secrets s WHERE s.user_id = c.user_id`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE authentication.recovery_codes DROP COLUMN created_at, DROP COLUMN issued_by',
    );
    await runner.query(
      'ALTER TABLE authentication.totp_secrets DROP COLUMN forgotten_step, DROP COLUMN issued_by',
    );
  }
}
