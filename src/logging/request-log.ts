import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { traceOf } from '../authentication/core/clients/trace.js';
import type { LogOutput } from './log-output.js';

/**
 * Logs one line for each request: method, path, status, milliseconds and trace. Query, headers and body can hold tokens, so
 * they are not logged.
 */
export class RequestLog {
  private readonly isOn: boolean;

  constructor(
    private readonly logger: Logger,
    private readonly output: LogOutput,
  ) {
    this.isOn = logger.isLevelEnabled('info');
  }

  observe(request: IncomingMessage, response: ServerResponse): void {
    if (!this.isOn) return;
    const started = performance.now();
    response.once('finish', () => {
      const status = response.statusCode;
      this.logger.info({
        event: 'request',
        method: request.method,
        path: (request.url ?? '').split('?', 1)[0],
        status,
        ms: Math.round(performance.now() - started),
        ...traceOf(request.headers['traceparent']),
      });
      // A line about a failure does not wait for others.
      if (status >= 400) this.output.flush();
    });
  }
}
