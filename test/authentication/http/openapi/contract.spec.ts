import { Controller, Get, Header, HttpCode, Module } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Documented } from '../../../../src/authentication/http/openapi/documented.js';
import { startApplication, type TestApplication } from '../../../support/application.js';

class ColourView {
  @ApiProperty()
  name!: string;
}

const ColourDocs = (id: string): MethodDecorator =>
  Documented({
    id,
    group: 'Colours',
    summary: 'A colour',
    answers: { 200: { description: 'the colour', type: ColourView } },
  });

@Controller('colours')
class ColoursController {
  @Get('right')
  @ColourDocs('right')
  @Header('Cache-Control', 'no-store')
  right(): object {
    return { name: 'red' };
  }

  @Get('status')
  @ColourDocs('status')
  @HttpCode(203)
  @Header('Cache-Control', 'no-store')
  status(): object {
    return { name: 'red' };
  }

  @Get('missing')
  @ColourDocs('missing')
  @Header('Cache-Control', 'no-store')
  missing(): object {
    return {};
  }

  @Get('more')
  @ColourDocs('more')
  @Header('Cache-Control', 'no-store')
  more(): object {
    return { name: 'red', secret: 'hush' };
  }

  @Get('kept')
  @ColourDocs('kept')
  kept(): object {
    return { name: 'red' };
  }

  @Get('token')
  @ColourDocs('token')
  @Header('Cache-Control', 'no-store')
  @Header('X-Session-Token', 'secret')
  token(): object {
    return { name: 'red' };
  }

  @Get('text')
  @ColourDocs('text')
  @Header('Cache-Control', 'no-store')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  text(): string {
    return 'red';
  }

  @Get('undocumented')
  undocumented(): object {
    return { anything: true };
  }
}

@Module({ controllers: [ColoursController] })
class ColoursModule {}

describe('an answer that differs from the OpenAPI document', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({ imports: [ColoursModule] });
  });
  afterAll(() => app.close());

  for (const [route, fault] of [
    ['status', 'GET /colours/status answered 203: the document does not list that status'],
    [
      'missing',
      "GET /colours/missing answered 200: the body differs: data must have required property 'name'",
    ],
    ['more', 'GET /colours/more answered 200: the body differs: data must NOT have unevaluated properties'],
    ['kept', 'GET /colours/kept answered 200: the header Cache-Control is missing'],
    ['token', 'GET /colours/token answered 200: the header x-session-token is not in the document'],
    ['text', 'GET /colours/text answered 200: text/plain is not in the document'],
  ] as const) {
    it(`fails the spec that asked: ${route}`, async () => {
      await expect(app.anonymous.get(`/colours/${route}`)).rejects.toThrow(fault);
    });
  }

  it('fails no spec when there is no difference, or when the route is not documented', async () => {
    await app.anonymous.get('/colours/right?shade=1').expect(200, { name: 'red' });
    await app.anonymous.get('/colours/undocumented').expect(200);
    await app.anonymous.get('/nowhere').expect(404);
  });
});
