import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module.js';
import { environmentVariables } from '../config/dot-env.js';
import { serverSettings } from '../config/settings.js';
import { httpAdapter } from '../http/adapters.js';
import { apiDocument } from './api-document.js';

/** Writes the document to the file that is named, or to the standard output. Nothing starts: no database, no port. */
async function printDocument(file: string | undefined): Promise<void> {
  const settings = serverSettings(environmentVariables());
  const application = await NestFactory.create(
    AppModule.with(settings, { url: settings.databaseUrl }),
    await httpAdapter(settings.httpAdapter),
    { preview: true, logger: false, abortOnError: false },
  );
  const text = `${JSON.stringify(apiDocument(application, settings.authentication), null, 2)}\n`;
  if (file === undefined) process.stdout.write(text);
  else writeFileSync(file, text);
}

void printDocument(process.argv[2]);
