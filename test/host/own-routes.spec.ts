import { readFileSync } from 'node:fs';
import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { Projects, ProjectsModule } from '../../docs/examples/projects.controller.js';
import { FEATURES } from '../../src/authentication/authentication.module.js';
import type { User } from '../../src/authentication/core/users/user.entity.js';
import { Public } from '../../src/authentication/http/routes/public.js';
import {
  AuthenticationGuard,
  CurrentSession,
  CurrentUser,
} from '../../src/authentication/sessions/authentication.guard.js';
import type { Caller } from '../../src/authentication/sessions/caller.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { letTimePass } from '../support/clock.js';
import { KeysFeature } from '../support/features/keys.feature.js';

const DOCUMENT = 'docs/own-routes.md';
const EXAMPLE = 'docs/examples/projects.controller.ts';

/** Routes that the document describes but the example does not have. */
@Controller('notes')
@UseGuards(AuthenticationGuard)
class NotesController {
  @Get()
  list(): string[] {
    return [];
  }

  @Get('public')
  @Public()
  listPublic(): string[] {
    return [];
  }

  @Get('session')
  show(@CurrentSession() { session }: Caller): number {
    return session.id;
  }
}

@Controller('drafts')
class DraftsController {
  @Get()
  list(@CurrentUser() user: User): number {
    return user.id;
  }

  @Get('current')
  show(@CurrentSession() { session }: Caller): number {
    return session.id;
  }
}

@Module({ controllers: [NotesController, DraftsController] })
class OtherRoutes {}

describe(DOCUMENT, () => {
  it('contains the whole example that is run here', () => {
    const blocks = [...readFileSync(DOCUMENT, 'utf8').matchAll(/^```ts\n([^]*?)^```$/gm)];
    expect(blocks.map(([, code]) => code)).toEqual([readFileSync(EXAMPLE, 'utf8')]);
  });

  it('is linked from the README', () => {
    expect(readFileSync('README.md', 'utf8')).toContain(`](${DOCUMENT})`);
  });
});

for (const protectAll of [false, true]) {
  describe(`the routes of ${EXAMPLE}${protectAll ? ', with protectAll' : ''}`, () => {
    let app: TestApplication;
    let projects: Projects;

    beforeAll(async () => {
      app = await startApplication({
        features: [...FEATURES, KeysFeature],
        imports: [ProjectsModule, OtherRoutes],
        protectAll,
      });
      projects = app.get(Projects);
    });
    afterAll(() => app.close());

    const refusal = async (
      answer: PromiseLike<{ status: number; body: { code: string }; headers: object }>,
    ) => {
      const { status, body, headers } = await answer;
      expect(headers).toMatchObject({
        'content-type': 'application/problem+json; charset=utf-8',
        'cache-control': 'no-store',
        ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      });
      return `${status} ${body.code}`;
    };
    const owner = async () => {
      const person = await app.person();
      const project = projects.add(person.userId, `of ${person.email}`);
      return { ...person, project, api: app.as(person.token), key: app.as(`key_${person.userId}`) };
    };

    it('show published projects to everybody', async () => {
      const { userId, api } = await owner();
      const { name } = projects.add(userId, `published by ${userId}`, true);
      for (const client of [app.anonymous, app.as('no live token'), api]) {
        const { body } = await client.get('/projects/published').expect(200);
        expect(body).toContain(name);
      }
    });

    it('list the projects of the caller for every valid token', async () => {
      const { project, api, key } = await owner();
      await owner();
      await api.get('/projects').expect(200, [project]);
      await key.get('/projects').expect(200, [project]);
    });

    it('refuse a caller with no token, an invalid token or two tokens', async () => {
      const { project, api, token } = await owner();
      for (const client of [app.anonymous, app.as('no live token'), app.as('key_999999')]) {
        expect(await refusal(client.get('/projects'))).toBe('401 authentication_required');
        expect(await refusal(client.put(`/projects/${project.id}/lock`))).toBe('401 authentication_required');
        expect(await refusal(client.delete(`/projects/${project.id}`))).toBe('401 authentication_required');
      }
      const two = app.as(token).get('/projects').set('Authorization', 'Bearer another');
      expect(await refusal(two)).toBe('400 wrong_parameters');
      await api.delete('/sessions/current').expect(204);
      expect(await refusal(api.get('/projects'))).toBe('401 authentication_required');
    });

    it('refuse a suspended user', async () => {
      const { userId, api } = await owner();
      await app.query('UPDATE authentication.users SET suspended_at = now() WHERE id = $1', [userId]);
      expect(await refusal(api.get('/projects'))).toBe('401 authentication_required');
    });

    it('lock a project for the session of the caller only', async () => {
      const { project, sessionId, api, key } = await owner();
      const { body } = await api.put(`/projects/${project.id}/lock`).expect(200);
      expect(body).toEqual({ ...project, lockedBy: sessionId });
      expect(await refusal(key.put(`/projects/${project.id}/lock`))).toBe('403 session_required');
    });

    it('remove a project for a fresh session only', async () => {
      const { project, api, key } = await owner();
      const path = `/projects/${project.id}`;
      expect(await refusal(key.delete(path))).toBe('403 sudo_required');
      await letTimePass(app, '31 minutes');
      expect(await refusal(api.delete(path))).toBe('403 sudo_required');
      await api.get('/projects').expect(200, [project]);
      const entered = await api
        .post('/sessions/sudo')
        .send({ current_password: 'correct horse battery staple' })
        .expect(204);
      const fresh = app.as(String(entered.headers['x-session-token']));
      await fresh.delete(path).expect(204);
      await fresh.get('/projects').expect(200, []);
    });

    it("answer the same for another user's project and for a missing one", async () => {
      const { project } = await owner();
      const { api } = await owner();
      for (const id of [project.id, 999_999]) {
        expect(await refusal(api.put(`/projects/${id}/lock`))).toBe('404 not_found');
        expect(await refusal(api.delete(`/projects/${id}`))).toBe('404 not_found');
      }
    });

    it('differ from a controller with @UseGuards() on the class, where @Public() has no effect', async () => {
      await app.anonymous.get('/notes').expect(401);
      await app.anonymous.get('/notes/public').expect(401);
      const { api, key, sessionId } = await owner();
      await api.get('/notes/session').expect(200, String(sessionId));
      await key.get('/notes/session').expect(401);
    });

    it('differ from routes without the filter in the form of a refusal, not in its code', async () => {
      const { body, headers } = await app.anonymous.get('/notes').expect(401);
      expect(headers['content-type']).toBe('application/json; charset=utf-8');
      expect(headers['www-authenticate']).toBeUndefined();
      expect(body).toEqual((await app.anonymous.get('/projects').expect(401)).body);
    });

    it('differ from routes without a guard, which know no caller', async () => {
      await app.anonymous.get('/drafts').expect(401);
      await app.anonymous.get('/drafts/current').expect(401);
      const { api } = await owner();
      await api.get('/drafts').expect(protectAll ? 200 : 401);
      await api.get('/drafts/current').expect(protectAll ? 200 : 401);
    });
  });
}
