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
import { LogOutput } from '../logging/log-output.js';
import { createLogger, PinoLogger } from '../logging/logger.js';
import { RequestLog } from '../logging/request-log.js';
import { httpAdapter } from './adapters.js';
import { HEADERS_TIMEOUT, KEEP_ALIVE_TIMEOUT, MAX_HEADERS_COUNT, REQUEST_TIMEOUT } from './limits.js';

/** Creates the server with its routes, parsers, error filter, CORS and request log. It does not listen yet. */
export async function createApplication(
  settings: ServerSettings,
  database: DatabaseConnection,
  parts = PARTS,
): Promise<INestApplication<Server>> {
  const output = new LogOutput();
  const pino = createLogger(settings.logLevel, output);
  const requestLog = pino.isLevelEnabled('info') ? new RequestLog(output) : null;
  // Without METRICS_PORT its packages are not even loaded.
  const metrics = settings.metrics && new (await import('../metrics/metrics.js')).Metrics(settings.metrics);
  const counted = metrics === null ? parts : { metrics: metrics.authentication, ...parts };
  const application = await NestFactory.create<INestApplication<Server>>(
    AppModule.with(settings, database, counted, metrics === null ? [] : [metrics.provider]),
    await httpAdapter(settings.httpAdapter),
    { logger: new StartLogger(pino), abortOnError: false, forceCloseConnections: false },
  );
  application.useGlobalFilters(application.get(ProblemFilter));
  allowOrigins(application, settings);
  const server = application.getHttpServer();
  server.requestTimeout = REQUEST_TIMEOUT;
  server.headersTimeout = HEADERS_TIMEOUT;
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT;
  server.maxHeadersCount = MAX_HEADERS_COUNT;
  // Bytes that are not HTTP get the plain answer of Node, the same on both adapters.
  server.removeAllListeners('clientError');
  const readiness = application.get(Readiness);
  // Must run before the listener of the framework, which may answer at once.
  server.prependListener('request', (request, response) => {
    // CORS answers preflights before the code of our adapters, which sets it for all others. A header that is set here
    // makes Fastify send its own ones in a slower way.
    if (request.method === 'OPTIONS') response.setHeader('Cache-Control', 'no-store');
    // Otherwise the server would close the connection in the middle of its next request.
    if (readiness.isStopping) response.setHeader('Connection', 'close');
    requestLog?.observe(request, response);
  });
  metrics?.observe(application);
  application.get(Docs).describe(application);
  await application.init();
  return application;
}

/** Nest's contexts for what stops the start. */
const OF_THE_START = new Set(['ExceptionHandler', 'NestApplication']);

/** What stops the start is thrown, and the caller prints it in one line. Nest would log it as well. */
class StartLogger extends PinoLogger {
  override error(message: unknown, ...rest: unknown[]): void {
    if (!OF_THE_START.has(String(rest.at(-1)))) super.error(message, ...rest);
  }
}

function allowOrigins(application: INestApplication, { corsOrigins, corsHeaders }: ServerSettings): void {
  if (corsOrigins.length === 0) return;
  application.enableCors({
    origin: [...corsOrigins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: [...AuthenticationModule.requestHeaders(), ...corsHeaders],
    exposedHeaders: ['X-Session-Token', 'Retry-After', 'WWW-Authenticate'],
    maxAge: 600,
  });
}
