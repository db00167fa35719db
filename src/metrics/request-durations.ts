import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { Histogram, type Registry } from 'prom-client';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** For a path that no route has. The path itself is never a label: anybody can make new ones. */
const NO_ROUTE = 'none';
const ROUTE = Symbol('route of the request');

interface RoutedRequest extends IncomingMessage {
  [ROUTE]?: string;
  /** Express */
  readonly route?: { readonly path?: unknown };
}

interface Fastify {
  addHook(name: 'onRequest', hook: (request: FastifyRequest, reply: unknown, done: () => void) => void): void;
}

interface FastifyRequest {
  readonly raw: RoutedRequest;
  readonly routeOptions: { readonly url?: string | undefined };
}

/** Measures every request of the server: method, template of the route (`/sessions/:id`) and class of the status. */
export class RequestDurations {
  private readonly durations;

  constructor(registry: Registry) {
    this.durations = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time until a request was answered.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers: [registry],
    });
  }

  /** Call it before `init()`: Fastify runs the hooks that it had when a route was added. */
  observe(application: INestApplication<Server>): void {
    const adapter = application.getHttpAdapter();
    if (adapter.getType() === 'fastify') rememberRoutes(adapter.getInstance() as Fastify);
    application.getHttpServer().prependListener('request', (request, response) => {
      const started = performance.now();
      response.once('close', () => {
        this.durations.observe(labelsOf(request, response), (performance.now() - started) / 1000);
      });
    });
  }
}

/** The request of Fastify is another object than that of Node.js, which Express extends. */
function rememberRoutes(fastify: Fastify): void {
  fastify.addHook('onRequest', ({ raw, routeOptions }, _reply, done) => {
    if (routeOptions.url !== undefined) raw[ROUTE] = routeOptions.url;
    done();
  });
}

function labelsOf(request: RoutedRequest, response: ServerResponse) {
  const { method = '' } = request;
  const route = request[ROUTE] ?? request.route?.path;
  return {
    method: METHODS.has(method) ? method : 'other',
    route: typeof route === 'string' ? route : NO_ROUTE,
    status: response.writableFinished ? `${Math.floor(response.statusCode / 100)}xx` : 'aborted',
  };
}
