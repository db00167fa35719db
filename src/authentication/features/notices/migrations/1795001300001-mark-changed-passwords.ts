import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether the password was changed, other than by a reset, since the first sign-in from a device. */
export class MarkChangedPasswords1795001300001 implements MigrationInterface {
  readonly name = 'MarkChangedPasswords1795001300001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE authentication.known_devices ADD COLUMN password_changed boolean NOT NULL DEFAULT false',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE authentication.known_devices DROP COLUMN password_changed');
  }
}
