import {
  Controller,
  Get,
  Injectable,
  Module,
  SetMetadata,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { isAuthenticationRoute } from '../../../../src/authentication/http/routes/route-decorators.js';
import { startApplication, type TestApplication } from '../../../support/application.js';

const IS_PUBLIC = 'isPublic';
const Public = (): MethodDecorator & ClassDecorator => SetMetadata(IS_PUBLIC, true);
const Open = Reflector.createDecorator<boolean>();

/** The guard of a host, with a token of its own. */
@Injectable()
abstract class HostGuard implements CanActivate {
  constructor(protected readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
    if (this.isOpen(context) || headers['x-host-token'] === 'secret') return true;
    throw new UnauthorizedException();
  }

  protected abstract isOpen(context: ExecutionContext): boolean;
}

/** As in the documentation of Nest: the mark is on the route or on its controller. */
@Injectable()
class PublicGuard extends HostGuard {
  protected isOpen(context: ExecutionContext): boolean {
    return this.reflector.getAllAndOverride<boolean>(IS_PUBLIC, [context.getHandler(), context.getClass()]);
  }
}

/** It looks at the route only, for a mark of `Reflector.createDecorator`. */
@Injectable()
class OpenGuard extends HostGuard {
  protected isOpen(context: ExecutionContext): boolean {
    return this.reflector.get(Open, context.getHandler());
  }
}

/** It knows no mark. */
@Injectable()
class PlainGuard extends HostGuard {
  protected isOpen(context: ExecutionContext): boolean {
    return isAuthenticationRoute(context);
  }
}

@Controller('cats')
class CatsController {
  @Get()
  list(): string[] {
    return ['Tom'];
  }
}

@Module({ controllers: [CatsController], providers: [{ provide: APP_GUARD, useClass: PublicGuard }] })
class PublicModule {}

@Module({ controllers: [CatsController], providers: [{ provide: APP_GUARD, useClass: OpenGuard }] })
class OpenModule {}

@Module({ controllers: [CatsController] })
class PlainModule {}

describe('In a host with a guard on all routes', () => {
  const HOSTS = [
    ['that looks for @Public()', { imports: [PublicModule], routeDecorators: [Public()] }],
    ['that looks for a mark on the route', { imports: [OpenModule], routeDecorators: [Open(true)] }],
    [
      'that asks isAuthenticationRoute()',
      {
        imports: [PlainModule],
        prepare: (nest) => nest.useGlobalGuards(new PlainGuard(nest.get(Reflector))),
      },
    ],
  ] as const satisfies readonly (readonly [string, Parameters<typeof startApplication>[0]])[];

  for (const [name, options] of HOSTS) {
    it(`${name}, our routes answer, and its own stay closed`, async () => {
      const app = await startApplication(options);
      try {
        await journey(app);
        await app.anonymous.get('/cats').expect(401);
        await app.anonymous.get('/cats').set('X-Host-Token', 'secret').expect(200);
      } finally {
        await app.close();
      }
    });
  }

  async function journey(app: TestApplication): Promise<void> {
    const { token, email } = await app.person({ verified: true });
    await app.as(token).get('/me').expect(200);
    await app.anonymous.get('/me').expect(401);
    await app.anonymous.post('/identity/password_reset').send({ email }).expect(204);
  }
});
