import { Controller, Get, Module } from '@nestjs/common';
import type { User } from '../../../src/authentication/core/users/user.entity.js';
import { Public } from '../../../src/authentication/http/routes/public.js';
import { CurrentUser } from '../../../src/authentication/sessions/authentication.guard.js';
import { startApplication, type TestApplication } from '../../support/application.js';

@Controller('projects')
class ProjectsController {
  @Get()
  list(@CurrentUser() user: User): { owner: number } {
    return { owner: user.id };
  }

  @Get('news')
  @Public()
  news(): { news: string } {
    return { news: 'none' };
  }
}

@Module({ controllers: [ProjectsController] })
class ProjectsModule {}

describe('An application that is protected everywhere', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ imports: [ProjectsModule], protectAll: true });
  });
  afterAll(() => app.close());

  it('requires a session on routes that are not public', async () => {
    await app.anonymous.get('/projects').expect(401);
    const { token, userId } = await app.person();
    await app.as(token).get('/projects').expect(200, { owner: userId });
  });

  it('requires none on public routes', async () => {
    await app.anonymous.get('/projects/news').expect(200, { news: 'none' });
  });

  it('does not change our own routes', async () => {
    const { token } = await app.person({ verified: true });
    await app.as(token).get('/me').expect(200);
    await app.anonymous.get('/me').expect(401);
    await app.anonymous.post('/identity/password_reset').send({ email: app.newEmail() }).expect(204);
  });
});

describe('An application that is not protected everywhere', () => {
  it('requires no session on the routes of the host', async () => {
    const app = await startApplication({ imports: [ProjectsModule] });
    await app.anonymous.get('/projects/news').expect(200);
    await app.close();
  });
});
