import { Controller, Injectable, Module, Post, UseFilters, type OnModuleInit } from '@nestjs/common';
import { ProblemFilter } from '../../../../src/authentication/http/problems/problem.filter.js';
import { ThrottleBudgets } from '../../../../src/authentication/http/throttling/throttle-budgets.js';
import { Throttled } from '../../../../src/authentication/http/throttling/throttle.guard.js';
import { startApplication, type TestApplication } from '../../../support/application.js';
import { RealmsFeature } from '../../../support/features/realms.feature.js';

@Injectable()
class Tips implements OnModuleInit {
  constructor(private readonly budgets: ThrottleBudgets) {}

  onModuleInit(): void {
    this.budgets.define('tips', { limit: 3, seconds: 60 });
  }
}

@Controller('tips')
@UseFilters(ProblemFilter)
class TipsController {
  @Post()
  @Throttled('tips')
  create(): object {
    return {};
  }

  @Post('again')
  @Throttled('tips')
  createAgain(): object {
    return {};
  }
}

@Module({ controllers: [TipsController], providers: [Tips] })
class TipsModule {}

@Module({ controllers: [TipsController] })
class ForgetfulModule {}

@Module({ providers: [Tips, { provide: 'again', useClass: Tips }] })
class TwiceModule {}

const DOCUMENTED = { TRUSTED_PROXIES: '127.0.0.1', THROTTLE_FACTOR: '1' };

describe('a budget that a feature or a host defines', () => {
  let app: TestApplication | undefined;

  afterEach(() => app?.close());

  const tip = (started: TestApplication, address: string, path = '/tips') =>
    started.anonymous.post(path).set('X-Forwarded-For', address);

  it('is counted per client for all routes that share it, separately from other budgets', async () => {
    app = await startApplication({ imports: [TipsModule], variables: DOCUMENTED });
    for (const path of ['/tips', '/tips/again', '/tips']) await tip(app, '198.51.100.1', path).expect(201);
    for (const path of ['/tips', '/tips/again']) {
      const { body, headers } = await tip(app, '198.51.100.1', path).expect(429);
      expect(body).toMatchObject({ code: 'too_many_requests' });
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60);
    }
    await tip(app, '198.51.100.2').expect(201);
    await tip(app, '198.51.100.1', '/sign_in').send({}).expect(422);
  });

  it('is multiplied by THROTTLE_FACTOR', async () => {
    app = await startApplication({
      imports: [TipsModule],
      variables: { ...DOCUMENTED, THROTTLE_FACTOR: '0.5' },
    });
    for (const status of [201, 201, 429]) await tip(app, '198.51.100.1').expect(status);
  });

  it('is twenty times as large for a whole realm', async () => {
    app = await startApplication({
      imports: [TipsModule],
      features: [RealmsFeature],
      variables: { ...DOCUMENTED, THROTTLE_FACTOR: '0.1' },
    });
    for (let client = 0; client < 20; client += 1)
      await tip(app, `203.0.113.${client}`).set('X-Realm', 'Red').expect(201);
    await tip(app, '203.0.113.20').set('X-Realm', 'Red').expect(429);
    await tip(app, '203.0.113.20').set('X-Realm', 'Blue').expect(201);
  });

  it('stops the start when a route names it and it is not defined', async () => {
    app = undefined;
    await expect(startApplication({ imports: [ForgetfulModule] })).rejects.toThrow(
      `@Throttled('tips') at TipsController.create: there is no such budget`,
    );
  });

  it('can be defined only once', async () => {
    app = undefined;
    await expect(startApplication({ imports: [TwiceModule] })).rejects.toThrow(
      `the throttle budget 'tips' is defined already`,
    );
  });
});
