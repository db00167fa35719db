import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { Column, getMetadataArgsStorage, type MigrationInterface, type QueryRunner } from 'typeorm';
import { User } from '../../../../src/authentication/core/users/user.entity.js';
import {
  AuthenticationGuard,
  CurrentUser,
} from '../../../../src/authentication/sessions/authentication.guard.js';
import { startApplication, type TestApplication } from '../../../support/application.js';

// What the owner of a project writes to give users a role and facts: lines in the entity, and a migration. The names
// start with `spec`, because the owner may already have a column `role`.
Column({ name: 'spec_role', type: 'text', default: 'member' })(User.prototype, 'specRole');
Column({ name: 'spec_facts', type: 'jsonb', nullable: true })(User.prototype, 'specFacts');
Column({ name: 'spec_hidden', type: 'text', nullable: true, select: false })(User.prototype, 'specHidden');

class AddSpecColumns1895000000000 implements MigrationInterface {
  readonly name = 'AddSpecColumns1895000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE authentication.users
      ADD spec_role text NOT NULL DEFAULT 'member', ADD spec_facts jsonb, ADD spec_hidden text DEFAULT 'hidden'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE authentication.users DROP spec_role, DROP spec_facts, DROP spec_hidden');
  }
}

type OwnUser = User & { specRole: string; specFacts: object | null; specHidden?: string };

@Controller('spec_role')
class RoleController {
  @Get()
  @UseGuards(AuthenticationGuard)
  show(@CurrentUser() user: OwnUser) {
    return {
      user: user instanceof User,
      role: user.specRole,
      facts: user.specFacts,
      hidden: user.specHidden ?? null,
    };
  }
}

@Module({ controllers: [RoleController] })
class RoleModule {
  static readonly migrations = [AddSpecColumns1895000000000];
}

describe('A column that an owner adds to User', () => {
  let app: TestApplication;

  beforeAll(async () => {
    const { FEATURES } = await import('../../../../src/authentication/authentication.module.js');
    app = await startApplication({ features: [...FEATURES, RoleModule] });
  });
  // The next specs of this worker need a User without these columns, in the database and in TypeORM's metadata.
  afterAll(async () => {
    const { columns } = getMetadataArgsStorage();
    const others = columns.filter(({ propertyName }) => !propertyName.startsWith('spec'));
    columns.splice(0, columns.length, ...others);
    await app.query('ALTER TABLE authentication.users DROP spec_role, DROP spec_facts, DROP spec_hidden');
    await app.query("DELETE FROM authentication.migrations WHERE name LIKE 'AddSpecColumns%'");
    await app.close();
  });

  it('reaches @CurrentUser() without further changes than the entity and the migration', async () => {
    const { token, userId } = await app.person();
    const shown = await app.as(token).get('/spec_role').expect(200);
    expect(shown.body).toEqual({ user: true, role: 'member', facts: null, hidden: null });
    await app.query(
      `UPDATE authentication.users SET spec_role = 'admin', spec_facts = '{"team":1}' WHERE id = $1`,
      [userId],
    );
    const changed = await app.as(token).get('/spec_role').expect(200);
    expect(changed.body).toMatchObject({ role: 'admin', facts: { team: 1 } });
  });

  it('is not part of the answers of our routes', async () => {
    const { token } = await app.person();
    const { body } = await app.as(token).get('/me').expect(200);
    expect(Object.keys(body as object)).not.toEqual(expect.arrayContaining(['spec_role']));
  });
});
