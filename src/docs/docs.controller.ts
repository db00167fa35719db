import { Controller, Get, Header, Param, Res, StreamableFile } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { NotFound } from '../authentication/core/problems/problems.js';
import type { HttpResponse } from '../authentication/http/request/http.js';
import { FileDocs, OpenApiDocs, PageDocs } from './docs.openapi.js';
import { Docs } from './docs.js';
import { FILES, type FileName } from './swagger-ui.js';

@Controller()
export class DocsController {
  constructor(private readonly docs: Docs) {}

  @Get('openapi.json')
  @OpenApiDocs()
  @Header('Cache-Control', 'no-store')
  document(): Promise<OpenAPIObject> {
    return this.docs.document;
  }

  @Get('docs')
  @PageDocs()
  @Header('Cache-Control', 'no-store')
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Referrer-Policy', 'strict-origin')
  @Header('X-Content-Type-Options', 'nosniff')
  async page(@Res({ passthrough: true }) response: HttpResponse): Promise<string> {
    const { page, policy } = await this.docs.swaggerUi;
    response.header('Content-Security-Policy', policy);
    return page;
  }

  @Get('docs/:file')
  @FileDocs()
  @Header('Cache-Control', 'no-store')
  @Header('X-Content-Type-Options', 'nosniff')
  async file(@Param('file') name: string): Promise<StreamableFile> {
    if (!isFileName(name)) throw new NotFound();
    const ui = await this.docs.swaggerUi;
    const content = await ui.file(name);
    return new StreamableFile(content, { type: FILES[name], length: content.length });
  }
}

function isFileName(name: string): name is FileName {
  return Object.hasOwn(FILES, name);
}
