import { ApiProperty } from '@nestjs/swagger';
import { Documented } from '../authentication/http/openapi/documented.js';

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
    summary: 'This document',
    answers: { 200: { description: 'OpenAPI 3.1', type: OpenApiDocument } },
  });

export const PageDocs = (): MethodDecorator =>
  Documented({
    id: 'showDocs',
    group,
    summary: 'A page on this document',
    answers: { 200: { description: 'the page', page: true } },
  });
