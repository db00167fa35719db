import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateTwoFactor1795000200000 implements MigrationInterface {
  readonly name = 'CreateTwoFactor1795000200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE authentication.totp_secrets (
        user_id bigint PRIMARY KEY REFERENCES authentication.users ON DELETE CASCADE,
        sealed_secret bytea NOT NULL,
        accepted_steps bigint[] NOT NULL DEFAULT '{}',
        enabled boolean NOT NULL DEFAULT false,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      CREATE TABLE authentication.recovery_codes (
        user_id bigint NOT NULL REFERENCES authentication.users ON DELETE CASCADE,
        digest bytea NOT NULL,
        PRIMARY KEY (user_id, digest)
      )`);
    await runner.query(`
      CREATE TABLE authentication.two_factor_challenges (
        token_digest bytea PRIMARY KEY REFERENCES authentication.one_time_tokens (digest) ON DELETE CASCADE,
        extra jsonb NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE authentication.two_factor_challenges');
    await runner.query('DROP TABLE authentication.recovery_codes');
    await runner.query('DROP TABLE authentication.totp_secrets');
  }
}
