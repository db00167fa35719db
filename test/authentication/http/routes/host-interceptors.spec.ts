import {
  ClassSerializerInterceptor,
  Controller,
  ForbiddenException,
  Get,
  Injectable,
  Module,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { APP_INTERCEPTOR, Reflector } from '@nestjs/core';
import { map, of, tap, type Observable } from 'rxjs';
import type { HttpResponse } from '../../../../src/authentication/http/request/http.js';
import { startApplication, type TestApplication } from '../../../support/application.js';
import { RESET_MAIL } from '../../../support/texts.js';

/** Wraps every answer, as many hosts do. */
@Injectable()
class WrappingInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const response = context.switchToHttp().getResponse<{ statusCode: number }>();
    return next.handle().pipe(map((data: unknown) => ({ statusCode: response.statusCode, data })));
  }
}

/** Sets a header when the handler has returned, or fails then. */
@Injectable()
class LateInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const response = context.switchToHttp().getResponse<HttpResponse>();
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
    return next.handle().pipe(
      tap(() => {
        if (headers['x-refuse'] !== undefined) throw new ForbiddenException();
        response.header('X-Late', '1');
      }),
    );
  }
}

/** Keeps what handlers return, whoever asked: the cache of a host. */
@Injectable()
class CachingInterceptor implements NestInterceptor {
  readonly kept = new Map<string, unknown>();

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { method, url } = context.switchToHttp().getRequest<{ method: string; url: string }>();
    if (method !== 'GET') return next.handle();
    const kept = this.kept.get(url);
    if (kept !== undefined) return of(kept);
    return next.handle().pipe(tap((value) => this.kept.set(url, value)));
  }
}

/** Answers itself. */
@Injectable()
class ClosedInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
    return headers['x-closed'] === undefined ? next.handle() : of({ closed: true });
  }
}

@Controller('cats')
class CatsController {
  @Get()
  list(): string[] {
    return ['Tom'];
  }
}

@Module({
  controllers: [CatsController],
  providers: [
    { provide: APP_INTERCEPTOR, useClass: ClosedInterceptor },
    { provide: APP_INTERCEPTOR, useClass: WrappingInterceptor },
    { provide: APP_INTERCEPTOR, useClass: CachingInterceptor },
  ],
})
class HostModule {}

describe('In a host with global interceptors', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({
      imports: [HostModule],
      prepare: (nest) =>
        nest.useGlobalInterceptors(
          new ClassSerializerInterceptor(nest.get(Reflector)),
          new LateInterceptor(),
        ),
    });
  });
  afterAll(() => app.close());

  it('the answers of the host are wrapped, ours are not', async () => {
    const { body } = await app.anonymous.get('/cats').expect(200).expect('X-Late', '1');
    expect(body).toEqual({ statusCode: 200, data: ['Tom'] });
    const { email, token } = await app.person();
    const { body: me } = (await app.as(token).get('/me').expect(200)) as { body: { email: string } };
    expect(me.email).toBe(email);
    await app.as(token).get('/me').expect('X-Late', '1');
    // Of a status that a handler sets, and without a body.
    await app.as(token).delete('/sessions/current').expect(204).expect('');
  });

  it('a page is sent as a page', async () => {
    const { email } = await app.signUp();
    const { pathname, search } = await app.mailbox.linkTo(email);
    const { text } = await app.anonymous
      .get(`${pathname}${search}`)
      .expect(200)
      .expect('Content-Type', /html/);
    expect(text).toMatch(/^<!doctype html>/);
  });

  it('a failure is a problem', async () => {
    const { body } = await app.anonymous
      .get('/me')
      .expect(401)
      .expect('Content-Type', /problem\+json/);
    expect(body).toMatchObject({ code: 'authentication_required' });
    await app.anonymous.post('/sign_in').send({ email: 'a@example.com', password: 'wrong one' }).expect(401);
  });

  it('a failure of an interceptor after the route has returned is a problem, or a page', async () => {
    const { token, email } = await app.person();
    const refused = await fetch(`${app.url}/me`, { headers: { 'X-Refuse': '1', 'X-Session-Token': token } });
    expect([refused.status, await refused.json()]).toMatchObject([403, { code: 'forbidden' }]);
    await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
    const { pathname, search } = await app.mailbox.linkTo(email, RESET_MAIL);
    const page = await fetch(`${app.url}${pathname}${search}`, {
      headers: { 'X-Refuse': '1', Accept: 'text/html' },
    });
    expect(page.status).toBe(403);
    expect(await page.text()).toMatch(/^<!doctype html>/);
  });

  it('a cache of the host keeps no answer of ours, so that nobody gets that of another user', async () => {
    const [ada, eve] = [await app.person(), await app.person()];
    for (const { token, email } of [ada, eve, ada]) {
      const { body } = await app.as(token).get('/me').expect(200);
      expect(body).toMatchObject({ email });
    }
  });

  it('an interceptor that answers itself is heard', async () => {
    const { body } = await app.anonymous
      .get('/me')
      .set('X-Closed', '1')
      .set('X-Session-Token', 'x')
      .expect(401);
    expect(body).toMatchObject({ status: 401 });
    const { token } = await app.person();
    const response = await fetch(`${app.url}/me`, { headers: { 'X-Closed': '1', 'X-Session-Token': token } });
    expect([response.status, await response.json()]).toEqual([200, { closed: true }]);
  });
});
