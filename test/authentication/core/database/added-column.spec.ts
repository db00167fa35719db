import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { Column, type MigrationInterface, type QueryRunner } from 'typeorm';
import { User } from '../../../../src/authentication/core/users/user.entity.js';
import {
  AuthenticationGuard,
  CurrentUser,
} from '../../../../src/authentication/sessions/authentication.guard.js';
import { startApplication, type TestApplication } from '../../../support/application.js';

// What an owner writes to give users a role and a setting: two lines in the entity, and a migration.
Column({ type: 'text', default: 'member' })(User.prototype, 'role');
Column({ name: 'extra_facts', type: 'jsonb', nullable: true })(User.prototype, 'extraFacts');
Column({ type: 'text', nullable: true, select: false })(User.prototype, 'hidden');

class AddUserRole1895000000000 implements MigrationInterface {
  readonly name = 'AddUserRole1895000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE authentication.users
      ADD role text NOT NULL DEFAULT 'member', ADD extra_facts jsonb, ADD hidden text DEFAULT 'hidden'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE authentication.users DROP role, DROP extra_facts, DROP hidden');
  }
}

type OwnUser = User & { role: string; extraFacts: object | null; hidden?: string };

@Controller('role')
class RoleController {
  @Get()
  @UseGuards(AuthenticationGuard)
  show(@CurrentUser() user: OwnUser) {
    return {
      user: user instanceof User,
      role: user.role,
      facts: user.extraFacts,
      hidden: user.hidden ?? null,
    };
  }
}

@Module({ controllers: [RoleController] })
class RoleModule {
  static readonly migrations = [AddUserRole1895000000000];
}

describe('A column that an owner adds to User', () => {
  let app: TestApplication;

  beforeAll(async () => {
    const { FEATURES } = await import('../../../../src/authentication/authentication.module.js');
    app = await startApplication({ features: [...FEATURES, RoleModule] });
  });
  // The worker's database goes on to specs whose User has no such columns.
  afterAll(async () => {
    await app.query('ALTER TABLE authentication.users DROP role, DROP extra_facts, DROP hidden');
    await app.query("DELETE FROM authentication.migrations WHERE name LIKE 'AddUserRole%'");
    await app.close();
  });

  it('reaches @CurrentUser() by the entity and the migration alone', async () => {
    const { token, userId } = await app.person();
    const shown = await app.as(token).get('/role').expect(200);
    expect(shown.body).toEqual({ user: true, role: 'member', facts: null, hidden: null });
    await app.query(
      `UPDATE authentication.users SET role = 'admin', extra_facts = '{"team":1}' WHERE id = $1`,
      [userId],
    );
    const changed = await app.as(token).get('/role').expect(200);
    expect(changed.body).toMatchObject({ role: 'admin', facts: { team: 1 } });
  });

  it('stays out of what our routes answer', async () => {
    const { token } = await app.person();
    const { body } = await app.as(token).get('/me').expect(200);
    expect(Object.keys(body as object)).not.toEqual(expect.arrayContaining(['role']));
  });
});
