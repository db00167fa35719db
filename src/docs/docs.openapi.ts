import { applyDecorators } from '@nestjs/common';
import { ApiParam, ApiProperty, ApiResponse } from '../authentication/core/openapi/annotations.js';
import { Documented } from '../authentication/http/openapi/documented.js';
import { answerResponse } from '../authentication/http/openapi/responses.js';
import { FILES } from './swagger-ui.js';

const group = 'Documentation';

const ANY = { type: 'object', additionalProperties: true } as const;

class OpenApiDocument {
  @ApiProperty({ example: '3.1.0' })
  openapi!: string;

  @ApiProperty(ANY)
  info!: object;

  @ApiProperty({ type: 'array', items: ANY })
  servers!: object[];

  @ApiProperty({ type: 'array', items: ANY })
  tags!: object[];

  @ApiProperty(ANY)
  paths!: object;

  @ApiProperty(ANY)
  components!: object;
}

export const OpenApiDocs = (): MethodDecorator =>
  Documented({
    id: 'showOpenApi',
    group,
    summary: 'Get this OpenAPI document',
    answers: { 200: { description: 'The document, in OpenAPI 3.1.', type: OpenApiDocument } },
  });

export const PageDocs = (): MethodDecorator =>
  Documented({
    id: 'showDocs',
    group,
    summary: 'Show this document in Swagger UI',
    answers: { 200: { description: 'The page.', page: true } },
  });

export const FileDocs = (): MethodDecorator =>
  applyDecorators(
    ApiParam({ name: 'file', schema: { type: 'string', enum: Object.keys(FILES) } }),
    Documented({
      id: 'showDocsFile',
      group,
      summary: 'Get a file of the Swagger UI page',
      answers: {},
      problems: { 404: ['not_found'] },
    }),
    ApiResponse({
      status: 200,
      ...answerResponse({ description: 'The file.' }),
      content: Object.fromEntries(
        Object.values(FILES).map((type) => [type.split(';', 1)[0] ?? '', { schema: {} }]),
      ),
    }),
  );
