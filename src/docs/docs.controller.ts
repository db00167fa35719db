import { Controller, Get, Header, Injectable, Res, type INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { AuthenticationSettings } from '../authentication/core/settings/authentication.settings.js';
import { Settings } from '../authentication/core/settings/settings.js';
import { sendPage } from '../authentication/http/pages/page.js';
import type { HttpResponse } from '../authentication/http/request/http.js';
import { apiDocument } from './api-document.js';
import { OpenApiDocs, PageDocs } from './docs.openapi.js';
import { docsPage } from './docs.page.js';

/** The application's document, made when it is first asked for: the start does not wait for it. */
@Injectable()
export class Docs {
  private application: INestApplication | undefined;
  private made: OpenAPIObject | undefined;

  constructor(@Settings() private readonly settings: AuthenticationSettings) {}

  describe(application: INestApplication): void {
    this.application = application;
  }

  get document(): OpenAPIObject {
    if (this.application === undefined) throw new Error('Docs were given no application to describe');
    return (this.made ??= apiDocument(this.application, this.settings));
  }
}

@Controller()
export class DocsController {
  constructor(
    private readonly docs: Docs,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {}

  @Get('openapi.json')
  @OpenApiDocs()
  @Header('Cache-Control', 'no-store')
  document(): OpenAPIObject {
    return this.docs.document;
  }

  @Get('docs')
  @PageDocs()
  page(@Res({ passthrough: true }) response: HttpResponse): string {
    return sendPage(response, { appName: this.settings.appName, locale: 'en' }, docsPage(this.docs.document));
  }
}
