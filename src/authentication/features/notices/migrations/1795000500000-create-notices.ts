import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateNotices1795000500000 implements MigrationInterface {
  readonly name = 'CreateNotices1795000500000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE authentication.known_devices (
        user_id bigint NOT NULL REFERENCES authentication.users ON DELETE CASCADE,
        family text NOT NULL,
        network text NOT NULL,
        first_seen_at timestamptz(3) NOT NULL DEFAULT now(),
        last_seen_at timestamptz(3) NOT NULL DEFAULT now(),
        PRIMARY KEY (user_id, family, network)
      )`);
    await runner.query(
      'CREATE INDEX known_devices_last_seen_at_idx ON authentication.known_devices (last_seen_at)',
    );
    // Deleting a known device also deletes the links about it.
    await runner.query(`
      CREATE TABLE authentication.sign_in_notices (
        digest bytea PRIMARY KEY,
        user_id bigint NOT NULL REFERENCES authentication.users ON DELETE CASCADE,
        family text NOT NULL,
        network text NOT NULL,
        session_id bigint REFERENCES authentication.sessions ON DELETE SET NULL,
        sent_to text NOT NULL,
        job_id uuid NOT NULL UNIQUE,
        expires_at timestamptz(3) NOT NULL,
        FOREIGN KEY (user_id, family, network) REFERENCES authentication.known_devices ON DELETE CASCADE
      )`);
    await runner.query(
      'CREATE INDEX sign_in_notices_device_idx ON authentication.sign_in_notices (user_id, family, network)',
    );
    await runner.query(
      'CREATE INDEX sign_in_notices_session_id_idx ON authentication.sign_in_notices (session_id)',
    );
    await runner.query(
      'CREATE INDEX sign_in_notices_expires_at_idx ON authentication.sign_in_notices (expires_at)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE authentication.sign_in_notices');
    await runner.query('DROP TABLE authentication.known_devices');
  }
}
