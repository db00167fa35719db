import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateSudo1795000100000 implements MigrationInterface {
  readonly name = 'CreateSudo1795000100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE authentication.sudo_sessions (
        session_id bigint PRIMARY KEY REFERENCES authentication.sessions ON DELETE CASCADE,
        fresh_until timestamptz(3) NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE authentication.sudo_sessions');
  }
}
