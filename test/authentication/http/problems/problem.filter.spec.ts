import {
  BadGatewayException,
  ConflictException,
  Controller,
  ForbiddenException,
  Get,
  Module,
  NotFoundException,
  Param,
  UnprocessableEntityException,
  UseFilters,
} from '@nestjs/common';
import { Problem } from '../../../../src/authentication/core/problems/problem.js';
import { ProblemFilter } from '../../../../src/authentication/http/problems/problem.filter.js';
import { startApplication, type TestApplication } from '../../../support/application.js';

const SECRET = 'a text that stays inside';

class OutOfStock extends Problem {
  constructor() {
    super(409, 'out_of_stock', 'Out of stock', 'None is left.', { headers: { 'Retry-After': '60' } });
  }
}

const FAILURES: Record<string, () => Error> = {
  own: () => new OutOfStock(),
  forbidden: () => new ForbiddenException(SECRET),
  missing: () => new NotFoundException(SECRET),
  conflict: () => new ConflictException(SECRET),
  unprocessable: () => new UnprocessableEntityException(SECRET),
  gateway: () => new BadGatewayException(SECRET),
  surprise: () => new Error(SECRET),
};

@Controller('orders')
@UseFilters(ProblemFilter)
class OrdersController {
  @Get(':failure')
  show(@Param('failure') failure: string): never {
    throw FAILURES[failure]!();
  }
}

@Module({ controllers: [OrdersController] })
class OrdersModule {}

describe('A controller of the host that uses the problem filter', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ imports: [OrdersModule] });
  });
  afterAll(() => app.close());

  const failing = async (failure: string) => {
    const { status, body, headers, text } = await app.anonymous.get(`/orders/${failure}`);
    expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(headers['cache-control']).toBe('no-store');
    expect(text).not.toContain(SECRET);
    expect(body).toEqual({
      type: `urn:authentication:problem:${body.code}`,
      title: expect.any(String) as string,
      status,
      detail: expect.any(String) as string,
      code: body.code as string,
    });
    return { status, code: body.code as string, headers };
  };

  it('may answer its own problems', async () => {
    const { status, code, headers } = await failing('own');
    expect({ status, code }).toEqual({ status: 409, code: 'out_of_stock' });
    expect(headers['retry-after']).toBe('60');
  });

  it("keeps the status of the framework's exceptions, without their text", async () => {
    expect(await failing('forbidden')).toMatchObject({ status: 403, code: 'forbidden' });
    expect(await failing('missing')).toMatchObject({ status: 404, code: 'not_found' });
    expect(await failing('conflict')).toMatchObject({ status: 409, code: 'conflict' });
    expect(await failing('unprocessable')).toMatchObject({ status: 422, code: 'unprocessable_entity' });
  });

  it('answers every other failure with 500 internal_error and no details', async () => {
    for (const failure of ['gateway', 'surprise']) {
      expect(await failing(failure)).toMatchObject({ status: 500, code: 'internal_error' });
    }
  });
});
