import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddSignUpOrigin1795001050000 implements MigrationInterface {
  readonly name = 'AddSignUpOrigin1795001050000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE authentication.users
        ADD COLUMN sign_up_ip_address text,
        ADD COLUMN sign_up_user_agent text,
        ADD COLUMN sign_up_provider text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE authentication.users
        DROP COLUMN sign_up_ip_address,
        DROP COLUMN sign_up_user_agent,
        DROP COLUMN sign_up_provider`);
  }
}
