import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A notice keeps the id of its session after that session has ended, so that every later session can be ended too. */
export class KeepSessionsOfNotices1795001300000 implements MigrationInterface {
  readonly name = 'KeepSessionsOfNotices1795001300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE authentication.sign_in_notices DROP CONSTRAINT IF EXISTS sign_in_notices_session_id_fkey',
    );
    await runner.query('DROP INDEX authentication.sign_in_notices_session_id_idx');
    await runner.query(
      'ALTER TABLE authentication.sign_in_notices ADD COLUMN created_at timestamptz(3) NOT NULL DEFAULT now()',
    );
    await runner.query(
      "UPDATE authentication.sign_in_notices SET created_at = expires_at - interval '7 days'",
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE authentication.sign_in_notices DROP COLUMN created_at');
    await runner.query(
      `UPDATE authentication.sign_in_notices n SET session_id = NULL
       WHERE NOT EXISTS (SELECT 1 FROM authentication.sessions s WHERE s.id = n.session_id)`,
    );
    await runner.query(
      `ALTER TABLE authentication.sign_in_notices ADD CONSTRAINT sign_in_notices_session_id_fkey
       FOREIGN KEY (session_id) REFERENCES authentication.sessions ON DELETE SET NULL`,
    );
    await runner.query(
      'CREATE INDEX sign_in_notices_session_id_idx ON authentication.sign_in_notices (session_id)',
    );
  }
}
