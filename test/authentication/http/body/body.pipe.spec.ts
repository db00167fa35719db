import { Module, Post } from '@nestjs/common';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  ValidateBy,
  ValidateNested,
} from 'class-validator';
import { JsonBody } from '../../../../src/authentication/http/body/body.pipe.js';
import { AuthenticationController } from '../../../../src/authentication/http/routes/authentication-controller.js';
import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';

class Part {
  @IsString()
  kind!: string;
}

/** Fields as a project may declare them. */
class OrderDto {
  @Transform(({ value }: { value: string }) => value.trim())
  @IsString()
  @MaxLength(20)
  title!: string;

  @IsOptional()
  @Type(() => Number)
  @IsInt()
  count?: number;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(3)
  @Transform(({ value }: { value: string[] }) => value.map((tag) => tag.toUpperCase()))
  @IsString({ each: true })
  tags?: string[];

  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Part)
  parts?: Part[];

  @IsOptional()
  @IsObject()
  notes?: Record<string, unknown>;

  @IsOptional()
  @ValidateBy({
    name: 'isPlace',
    validator: { validate: (value) => typeof (value as { x?: unknown } | null)?.x === 'number' },
  })
  place?: { x: number };
}

@AuthenticationController('orders')
class OrdersController {
  @Post()
  create(@JsonBody() body: OrderDto): object {
    return Object.assign({}, body, { isPart: body.parts?.every((part) => part instanceof Part) });
  }
}

@Module({ controllers: [OrdersController] })
class OrdersModule {}

/** The parser of some hosts refuses them itself, with 400. */
const POISONED = ['{"constructor":{"prototype":{"x":1}}}', '{"__proto__":{"x":1}}'];

const OTHER_TYPES = [
  '{"constructor":1}',
  '{"toString":1}',
  '{"valueOf":1}',
  '{"then":1}',
  '{"hasOwnProperty":1}',
  '{"length":1}',
  '{}',
  '[]',
  '["text"]',
  '[{"constructor":1}]',
  '[[[["text"]]]]',
  '1',
  '-0.5',
  '1e308',
  'true',
  'false',
];

describe('the fields of a body', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ imports: [OrdersModule] });
  });
  afterAll(() => app.close());

  const post = (path: string, json: string) =>
    app.anonymous.post(path).set('Content-Type', 'application/json').send(json);

  it('that are texts refuse every other type', async () => {
    const sound = { email: app.newEmail(), password: PASSWORD };
    for (const field of ['email', 'password']) {
      for (const value of OTHER_TYPES) {
        const json = JSON.stringify({ ...sound, [field]: 'HERE' }).replace('"HERE"', value);
        const { status, body } = await post('/sign_in', json);
        expect({ value, status, body }).toMatchObject({
          value,
          status: 422,
          body: { code: 'wrong_parameters', errors: [{ field, code: 'invalid' }] },
        });
      }
    }
  });

  it('that a project declares as a list or an object take one, and its transforms run', async () => {
    const { body } = await post(
      '/orders',
      '{"title":" a ","count":"3","tags":["x","y"],"parts":[{"kind":"k"}],"notes":{"a":{"b":[1]}},"place":{"x":1}}',
    ).expect(201);
    expect(body).toEqual({
      title: 'a',
      count: 3,
      tags: ['X', 'Y'],
      parts: [{ kind: 'k' }],
      notes: { a: { b: [1] } },
      place: { x: 1 },
      isPart: true,
    });
  });

  it('that a project declares refuse what their rules refuse, also where a transform expects another type', async () => {
    const refused: Record<string, readonly string[]> = {
      title: OTHER_TYPES,
      count: ['{"constructor":1}', '"x"', '[1]', '{}'],
      tags: ['1', '{}', '"x"', '[1]', '[{"constructor":1}]', '{"constructor":1}', '["a","b","c","d"]'],
      parts: ['[{"kind":1}]', '[{"constructor":1,"kind":"k"}]', '[1]', '1', '[{"kind":{"constructor":1}}]'],
      notes: ['1', '[1]', '{"constructor":1}'],
      place: ['1', '{}', '{"x":"1"}', '{"x":1,"constructor":1}'],
    };
    for (const [field, values] of Object.entries(refused)) {
      for (const value of values) {
        const { status, body } = await post('/orders', `{"title":"a","${field}":${value}}`);
        expect({ field, value, status, body }).toMatchObject({
          field,
          value,
          status: 422,
          body: { errors: [{ field }] },
        });
      }
    }
  });

  it('never reach the prototype of all objects', async () => {
    for (const value of POISONED) {
      for (const json of [
        `{"title":${value}}`,
        `{"title":"a","notes":${value}}`,
        `{"title":"a","notes":{"a":[${value}]}}`,
        `{"title":"a","tags":[${value}]}`,
        `{"title":"a","parts":[${value}]}`,
      ]) {
        const { status } = await post('/orders', json);
        expect([400, 422]).toContain(status);
      }
    }
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  it('are refused with a NUL or a lone surrogate, also in the names inside an object', async () => {
    for (const notes of ['{"a\\u0000":1}', '{"a":"\\ud800"}', '{"\\udc00":1}', '["\\u0000"]']) {
      const { body } = await post('/orders', `{"title":"a","notes":${notes}}`).expect(422);
      expect(body).toMatchObject({ errors: [{ field: 'notes', code: 'invalid' }] });
    }
  });
});
