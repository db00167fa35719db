import type { Server } from 'node:http';
import {
  Body,
  Catch,
  Controller,
  Module,
  Post,
  ValidationPipe,
  type ArgumentsHost,
  type ExceptionFilter,
  type INestApplication,
} from '@nestjs/common';
import { APP_GUARD, HttpAdapterHost } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { SkipThrottle, ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { IsString } from 'class-validator';
import { authenticationDocument } from '../../../../src/authentication/http/openapi/document.js';
import type { HttpResponse } from '../../../../src/authentication/http/request/http.js';
import { startApplication, type TestApplication } from '../../../support/application.js';
import { RESET_MAIL } from '../../../support/texts.js';

class CatDto {
  @IsString()
  name!: string;
}

@Controller('cats')
class CatsController {
  @Post()
  create(@Body() cat: CatDto): string {
    if (cat.name === 'dog') throw new Error('no cat');
    return cat.name;
  }
}

@Module({ controllers: [CatsController] })
class CatsModule {}

/** Answers all failures in the way of the host. */
@Catch()
class HostFilter implements ExceptionFilter {
  constructor(private readonly adapters: HttpAdapterHost) {}

  catch(_: unknown, host: ArgumentsHost): void {
    this.adapters.httpAdapter.reply(host.switchToHttp().getResponse(), { fault: 'of the host' }, 418);
  }
}

const STRICT = { whitelist: true, forbidNonWhitelisted: true, transform: true };

async function within(
  options: Parameters<typeof startApplication>[0],
  work: (app: TestApplication) => Promise<void>,
): Promise<void> {
  const app = await startApplication(options);
  try {
    await work(app);
  } finally {
    await app.close();
  }
}

/** Sign-up, the page of a mailed link, a form, and sign-in. */
async function journey(app: TestApplication): Promise<void> {
  const { email } = await app.person({ verified: true });
  await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
  const { pathname, search, searchParams } = await app.mailbox.linkTo(email, RESET_MAIL);
  await app.anonymous.get(`${pathname}${search}`).expect(200).expect('Content-Type', /html/);
  const password = 'a horse, another battery';
  const fields = { token: searchParams.get('token') ?? '', password, password_confirmation: password };
  await app.anonymous.post('/identity/password_reset/completion').type('form').send(fields).expect(200);
  await app.signIn(email, password);
}

describe('In a host', () => {
  it('with a strict ValidationPipe and a filter for everything, our routes keep their bodies and problems', () =>
    within(
      {
        imports: [CatsModule],
        prepare: (nest) => {
          nest.useGlobalPipes(new ValidationPipe(STRICT));
          nest.useGlobalFilters(new HostFilter(nest.get(HttpAdapterHost)));
        },
      },
      async (app) => {
        await journey(app);
        await app.anonymous
          .post('/sign_up')
          .send({})
          .expect(422)
          .expect('Content-Type', /problem\+json/);
        await app.anonymous
          .get('/me')
          .expect(401)
          .expect('Content-Type', /problem\+json/);
        await app.anonymous.post('/cats').send({ name: 'dog' }).expect(418);
        await app.anonymous.post('/cats').send({ name: 'Tom', age: 3 }).expect(418);
      },
    ));

  it('with a content policy on every answer, as of helmet, a page has its own', () =>
    within({ prepare: withPolicy }, async (app) => {
      const { email } = await app.signUp();
      const { pathname, search } = await app.mailbox.linkTo(email);
      const { headers } = await app.anonymous.get(`${pathname}${search}`).expect(200);
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; .*style-src 'sha256-/);
    }));

  it('with limits on every route, both limits hold; SkipThrottle() skips only those of the host', async () => {
    const tries = async ({ anonymous }: TestApplication, most: number): Promise<number[]> => {
      const statuses: number[] = [];
      for (let tried = 0; tried < most; tried += 1)
        statuses.push((await anonymous.post('/sign_in').send({})).status);
      return [...new Set(statuses)];
    };
    await within({ imports: [LimitedModule] }, async (app) => {
      expect(await tries(app, 4)).toEqual([422, 429]);
    });
    // Our own limit of sign-ins: 30 a minute.
    const variables = { THROTTLE_FACTOR: '1' };
    await within({ imports: [LimitedModule], routeDecorators: [SkipThrottle()], variables }, async (app) => {
      expect(await tries(app, 30)).toEqual([422]);
      expect(await tries(app, 1)).toEqual([429]);
    });
  });

  it('with a document of its own, our routes are in it, with and without authenticationDocument()', () =>
    within({ imports: [CatsModule] }, (app) => {
      const config = new DocumentBuilder().setTitle('Cats').addBearerAuth().build();
      const plain = SwaggerModule.createDocument(app.nest, config);
      expect(Object.keys(plain.paths)).toEqual(expect.arrayContaining(['/cats', '/sign_up', '/me']));
      const complete = authenticationDocument(app.nest, config);
      expect(Object.keys(complete.components?.securitySchemes ?? {})).toEqual(
        expect.arrayContaining(['bearer', 'session_token']),
      );
      return Promise.resolve();
    }));
});

@Module({
  imports: [ThrottlerModule.forRoot([{ ttl: 60_000, limit: 3 }])],
  providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }],
})
class LimitedModule {}

function withPolicy(nest: INestApplication<Server>): void {
  nest.use((_: unknown, response: HttpResponse & { setHeader: HttpResponse['header'] }, next: () => void) => {
    response.setHeader('Content-Security-Policy', "default-src 'self'; style-src 'self'");
    next();
  });
}
