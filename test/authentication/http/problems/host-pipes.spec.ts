import {
  BadRequestException,
  Body,
  Controller,
  Get,
  HttpStatus,
  Module,
  Param,
  ParseIntPipe,
  Post,
  Query,
  ValidationPipe,
} from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { Type } from 'class-transformer';
import { IsEmail, IsInt, IsString, Length, Min, ValidateNested } from 'class-validator';
import { ProblemFilter } from '../../../../src/authentication/http/problems/problem.filter.js';
import { startApplication, type TestApplication } from '../../../support/application.js';

const INPUT = 'hunter2';

class StreetDto {
  @IsString()
  street!: string;
}

class OrderDto {
  @IsEmail()
  email!: string;

  @IsInt({ message: 'Choose how many' })
  @Min(1, { message: 'One at least' })
  count!: number;

  @Length(2, 10, { each: true })
  tags!: string[];

  @ValidateNested()
  @Type(() => StreetDto)
  address!: StreetDto;
}

const STRICT = { whitelist: true, forbidNonWhitelisted: true };

@Controller('orders')
class OrdersController {
  @Post()
  create(@Body(new ValidationPipe(STRICT)) body: OrderDto): OrderDto {
    return body;
  }

  @Post('unprocessable')
  createElse(
    @Body(new ValidationPipe({ errorHttpStatusCode: HttpStatus.UNPROCESSABLE_ENTITY })) body: OrderDto,
  ): OrderDto {
    return body;
  }

  /** As in many hosts: it passes on the errors, which contain the input. */
  @Post('raw')
  createRaw(
    @Body(new ValidationPipe({ ...STRICT, exceptionFactory: (errors) => new BadRequestException(errors) }))
    body: OrderDto,
  ): OrderDto {
    return body;
  }

  @Get('plain')
  plain(@Query('why') why?: string): never {
    throw why === undefined ? new BadRequestException() : new BadRequestException({ reason: why });
  }

  @Get(':id')
  show(@Param('id', ParseIntPipe) id: number): number {
    return id;
  }
}

@Module({
  controllers: [OrdersController],
  providers: [{ provide: APP_FILTER, useExisting: ProblemFilter }],
})
class OrdersModule {}

const invalid = (field: string, detail: string): object => ({ field, code: 'invalid', detail });

describe('A host that registers the problem filter globally', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ imports: [OrdersModule] });
  });
  afterAll(() => app.close());

  const wrong = { email: INPUT, count: INPUT, tags: [INPUT, 'x'], address: { street: 5 }, admin: INPUT };
  const order = (path = '/orders') => app.anonymous.post(path);

  it('passes on the faults of its ValidationPipe for each field', async () => {
    const { body, headers, text } = await order().send(wrong).expect(400);
    expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(body).toMatchObject({
      type: 'urn:authentication:problem:bad_request',
      code: 'bad_request',
      status: 400,
    });
    const errors = (body as { errors: object[] }).errors;
    expect(errors).toHaveLength(6);
    expect(errors).toEqual(
      expect.arrayContaining([
        invalid('admin', 'property admin should not exist'),
        invalid('email', 'email must be an email'),
        invalid(
          'tags',
          'each value in tags must be longer than or equal to 2 and shorter than or equal to 10 characters',
        ),
        invalid('address.street', 'address.street must be a string'),
        invalid('', 'Choose how many'),
        invalid('', 'One at least'),
      ]),
    );
    expect(text).not.toContain(INPUT);
  });

  it('passes them on with any status of the pipe', async () => {
    const { body } = await order('/orders/unprocessable')
      .send({ ...wrong, email: 'ada@example.com' })
      .expect(422);
    expect(body).toMatchObject({ code: 'unprocessable_entity' });
    expect((body as { errors: object[] }).errors).toContainEqual(
      invalid('address.street', 'address.street must be a string'),
    );
  });

  it('passes on the messages of ValidationError objects, without the input in them', async () => {
    const { body, text } = await order('/orders/raw').send(wrong).expect(400);
    expect((body as { errors: object[] }).errors).toEqual(
      expect.arrayContaining([
        invalid('admin', 'property admin should not exist'),
        invalid('email', 'email must be an email'),
        invalid('count', 'Choose how many'),
        invalid('address.street', 'street must be a string'),
      ]),
    );
    expect(text).not.toContain(INPUT);
  });

  it('passes on the one message of another pipe', async () => {
    const { body } = await app.anonymous.get('/orders/abc').expect(400);
    expect(body).toMatchObject({
      code: 'bad_request',
      errors: [invalid('', 'Validation failed (numeric string is expected)')],
    });
  });

  it('answers bad_request without details for an exception that has none', async () => {
    for (const path of ['/orders/plain', `/orders/plain?why=${INPUT}`]) {
      const { body, text } = await app.anonymous.get(path).expect(400);
      expect(body).toMatchObject({ code: 'bad_request' });
      expect(body).not.toHaveProperty('errors');
      expect(text).not.toContain(INPUT);
    }
  });

  it('answers malformed_json when the body cannot be parsed, and repeats none of it', async () => {
    for (const malformed of [
      `{"email":"${INPUT}`,
      `{${INPUT}: 1}`,
      `"${INPUT}" 1`,
      `[${INPUT}`,
      `{"a": "\n"}`,
    ]) {
      const { body, text } = await order().type('json').send(malformed).expect(400);
      expect(body).toMatchObject({ code: 'malformed_json', detail: 'The body is not well-formed JSON.' });
      expect(body).not.toHaveProperty('errors');
      expect(text).not.toContain(INPUT);
    }
  });

  it('repeats nothing of a path that cannot be decoded, unless Fastify answers without the filter', async () => {
    const { status, body, headers, text } = await app.anonymous.get(`/orders/%zz${INPUT}`);
    expect(status).toBe(400);
    if (headers['content-type']?.startsWith('application/problem+json') !== true) return;
    expect(body).toMatchObject({ code: 'bad_request' });
    expect(text).not.toContain(INPUT);
  });

  it('answers 413 payload_too_large to a body that is too large', async () => {
    const { body } = await order()
      .send({ email: INPUT.repeat(200_000) })
      .expect(413);
    expect(body).toMatchObject({ code: 'payload_too_large' });
  });
});
