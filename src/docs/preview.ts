import { NestFactory } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';
import { AppModule } from '../app.module.js';
import type { ServerSettings } from '../config/settings.js';
import { httpAdapter } from '../http/adapters.js';
import { apiDocument } from './api-document.js';

/** Never connected to: the options of the module must name a database. */
const NO_DATABASE = { url: 'postgres://none' };

/** Makes the document without starting the server: no provider is created, so no database is opened. */
export async function previewDocument(settings: ServerSettings): Promise<OpenAPIObject> {
  const application = await NestFactory.create(
    AppModule.with(settings, NO_DATABASE, {}),
    await httpAdapter(settings.httpAdapter),
    { preview: true, logger: false, abortOnError: false },
  );
  return apiDocument(application, settings.authentication);
}
