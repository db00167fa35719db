import type { Server } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module.js';
import { AuthenticationModule } from '../authentication/authentication.module.js';
import type { DatabaseConnection } from '../authentication/core/database/data-source.js';
import { ProblemFilter } from '../authentication/http/problems/problem.filter.js';
import { PARTS } from '../config/parts.js';
import type { ServerSettings } from '../config/settings.js';
import { Docs } from '../docs/docs.js';
import { Readiness } from '../health/readiness.js';
import { createLogger, PinoLogger } from '../logging/logger.js';
import { requestLog } from '../logging/request-log.js';
import { httpAdapter } from './adapters.js';
import { HEADERS_TIMEOUT, KEEP_ALIVE_TIMEOUT, REQUEST_TIMEOUT } from './limits.js';

/** The server, ready to listen: routes, pages, parsers and what is answered before any controller. */
export async function createApplication(
  settings: ServerSettings,
  database: DatabaseConnection,
  parts = PARTS,
): Promise<INestApplication<Server>> {
  const pino = createLogger(settings.logLevel);
  const application = await NestFactory.create<INestApplication<Server>>(
    AppModule.with(settings, database, parts),
    await httpAdapter(settings.httpAdapter),
    { logger: new PinoLogger(pino), abortOnError: false, forceCloseConnections: false },
  );
  application.useGlobalFilters(application.get(ProblemFilter));
  allowOrigins(application, settings.corsOrigins);
  const server = application.getHttpServer();
  server.requestTimeout = REQUEST_TIMEOUT;
  server.headersTimeout = HEADERS_TIMEOUT;
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT;
  // What is no HTTP gets Node's own bare answer, on both adapters.
  server.removeAllListeners('clientError');
  const readiness = application.get(Readiness);
  // Ahead of the framework's own listener: it may answer before a later one runs.
  server.prependListener('request', (request, response) => {
    // Here rather than by route: preflights are answers, too.
    response.setHeader('Cache-Control', 'no-store');
    // A connection that stays open would be cut in the middle of its next request.
    if (readiness.isStopping) response.setHeader('Connection', 'close');
    requestLog(pino, request, response);
  });
  application.get(Docs).describe(application);
  await application.init();
  return application;
}

function allowOrigins(application: INestApplication, origins: readonly string[]): void {
  if (origins.length === 0) return;
  application.enableCors({
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: AuthenticationModule.requestHeaders(),
    exposedHeaders: ['X-Session-Token', 'Retry-After', 'WWW-Authenticate'],
    maxAge: 600,
  });
}
