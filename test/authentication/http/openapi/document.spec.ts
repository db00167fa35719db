import { Controller, Get, Module } from '@nestjs/common';
import { ApiExtraModels, ApiProperty, type OpenAPIObject } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import {
  addFields,
  addHeader,
  addProblem,
  authenticationDocument,
} from '../../../../src/authentication/http/openapi/document.js';
import { Documented } from '../../../../src/authentication/http/openapi/documented.js';
import { SignUpDto } from '../../../../src/authentication/registrations/dto/sign-up.dto.js';
import { SIGN_UP_FIELDS, startApplication, type TestApplication } from '../../../support/application.js';

class NicknameFields {
  @ApiProperty()
  @IsString()
  nickname!: string;
}

@Controller('nicknames')
@ApiExtraModels(NicknameFields)
class NicknamesController {
  @Get()
  @Documented({
    id: 'listNicknames',
    group: 'Nicknames',
    summary: 'List',
    answers: { 200: { description: 'all' } },
  })
  list(): string[] {
    return [];
  }
}

@Module({ controllers: [NicknamesController] })
class NicknamesModule {
  static readonly describe = (document: OpenAPIObject): void => {
    addFields(document, SignUpDto, NicknameFields);
    addProblem(document, ['signIn'], 401, 'nickname_required', { hint: { type: 'string' } });
    addProblem(document, 'all', 410, 'nickname_gone');
    addHeader(document, { name: 'X-Nickname', description: 'whose', schema: { type: 'string' } });
  };
}

describe('the OpenAPI document of a project', () => {
  let app: TestApplication;
  let document: OpenAPIObject;

  beforeAll(async () => {
    app = await startApplication({ features: [NicknamesModule] });
    document = authenticationDocument(app.nest, { info: { title: 'Project', version: '7' } });
  });
  afterAll(() => app.close());

  const codes = (path: string, status: number): unknown => {
    const { post } = document.paths[path]!;
    const response = post!.responses[status] as { content: Record<string, { schema: { allOf: object[] } }> };
    return response.content['application/problem+json']?.schema.allOf[1];
  };

  it("keeps the host's own title, and describes the tokens of a caller", () => {
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Project', version: '7' },
      components: {
        securitySchemes: {
          session_bearer: { type: 'http', scheme: 'bearer' },
          session_token: { type: 'apiKey', in: 'header', name: 'X-Session-Token' },
        },
      },
    });
    expect(document.paths['/me']?.get?.security).toHaveLength(2);
    expect(document.paths['/sign_up']?.post?.security).toBeUndefined();
  });

  it('includes the fields and failures that a feature adds to other routes', () => {
    const signUp = document.components?.schemas?.['SignUpDto'] as { properties: object; required: string[] };
    expect(Object.keys(signUp.properties)).toEqual([
      'email',
      'password',
      'password_confirmation',
      ...Object.keys(SIGN_UP_FIELDS),
      'nickname',
    ]);
    expect(signUp.required).toContain('nickname');
    expect(codes('/sign_in', 401)).toEqual({
      type: 'object',
      properties: {
        code: {
          type: 'string',
          enum: expect.arrayContaining(['invalid_credentials', 'nickname_required']) as string[],
        },
        hint: { type: 'string' },
      },
    });
    expect(codes('/sign_up', 410)).toMatchObject({ properties: { code: { enum: ['nickname_gone'] } } });
    expect(document.paths['/sign_up']?.post?.parameters).toContainEqual({
      $ref: '#/components/parameters/XNickname',
    });
    expect(document.components?.parameters?.['XNickname']).toEqual({
      in: 'header',
      name: 'X-Nickname',
      description: 'whose',
      schema: { type: 'string' },
    });
  });

  it("does not change the host's own routes, though they are described like ours", () => {
    const { responses, parameters } = document.paths['/nicknames']!.get!;
    expect(responses).toHaveProperty('500');
    expect(responses).not.toHaveProperty('410');
    expect(parameters).toEqual([]);
    expect(JSON.stringify(document)).not.toContain('x-guarded');
  });
});
