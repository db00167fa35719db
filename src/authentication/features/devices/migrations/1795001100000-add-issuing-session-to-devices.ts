import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Without a foreign key: devices and tokens outlive the session that added them. Null in older rows. */
export class AddIssuingSessionToDevices1795001100000 implements MigrationInterface {
  readonly name = 'AddIssuingSessionToDevices1795001100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE authentication.devices ADD COLUMN issued_by bigint');
    await runner.query('ALTER TABLE authentication.device_tokens ADD COLUMN issued_by bigint');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE authentication.device_tokens DROP COLUMN issued_by');
    await runner.query('ALTER TABLE authentication.devices DROP COLUMN issued_by');
  }
}
