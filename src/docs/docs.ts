import { Injectable, type INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { AuthenticationSettings } from '../authentication/core/settings/authentication.settings.js';
import { Settings } from '../authentication/core/settings/settings.js';
import { apiDocument } from './api-document.js';
import { SwaggerUi } from './swagger-ui.js';

/** The OpenAPI document and Swagger UI. Both are made at their first request, so that the server starts faster. */
@Injectable()
export class Docs {
  private application: INestApplication | undefined;
  private made: Promise<OpenAPIObject> | undefined;
  private shown: Promise<SwaggerUi> | undefined;

  constructor(@Settings() private readonly settings: AuthenticationSettings) {}

  describe(application: INestApplication): void {
    this.application = application;
  }

  get document(): Promise<OpenAPIObject> {
    if (this.application === undefined)
      throw new Error('Docs.describe() was not called with the application');
    return (this.made ??= apiDocument(this.application, this.settings));
  }

  get swaggerUi(): Promise<SwaggerUi> {
    return (this.shown ??= this.forPage().then((document) => SwaggerUi.of(this.settings.appName, document)));
  }

  /** The same document with a server relative to the page: requests go to the origin that the page was opened at. */
  private async forPage(): Promise<OpenAPIObject> {
    const { info, ...rest } = await this.document;
    const description = `${info.description ?? ''}\n\nThe OpenAPI document, for client generators: [openapi.json](openapi.json)`;
    return { ...rest, info: { ...info, description }, servers: [{ url: './' }] };
  }
}
