import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { traceOf } from '../authentication/core/clients/trace.js';

/**
 * Logs one line for each request: method, path, status, milliseconds and trace. Query, headers and body can hold tokens, so
 * they are not logged.
 */
export function requestLog(logger: Logger, request: IncomingMessage, response: ServerResponse): void {
  if (!logger.isLevelEnabled('debug') && !logger.isLevelEnabled('info')) return;
  const started = performance.now();
  response.once('finish', () => {
    logger.info({
      event: 'request',
      method: request.method,
      path: (request.url ?? '').split('?', 1)[0],
      status: response.statusCode,
      ms: Math.round(performance.now() - started),
      ...traceOf(request.headers['traceparent']),
    });
  });
}
