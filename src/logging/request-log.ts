import type { IncomingMessage, ServerResponse } from 'node:http';
import { traceOf } from '../authentication/core/clients/trace.js';
import type { LogOutput } from './log-output.js';

/** The number that pino gives the level `info`. */
const INFO = 30;

/**
 * Logs one line for each request: method, path, status, milliseconds and trace. Query, headers and body can hold tokens, so
 * they are not logged. The line is written here rather than by pino, which took a tenth of an authenticated request for
 * it: no field can hold a secret or an object.
 */
export class RequestLog {
  private readonly clock = new IsoClock();

  constructor(private readonly output: LogOutput) {}

  observe(request: IncomingMessage, response: ServerResponse): void {
    const started = performance.now();
    response.once('finish', () => {
      const { statusCode: status } = response;
      const trace = traceOf(request.headers['traceparent']);
      this.output.later.write(
        `{"level":${INFO},"time":"${this.clock.now()}","event":"request","method":"${request.method ?? ''}",` +
          `"path":${JSON.stringify(pathOf(request))},"status":${status},"ms":${Math.round(performance.now() - started)}` +
          (trace === undefined ? '}\n' : `,${JSON.stringify(trace).slice(1)}\n`),
      );
      // A line about a failure does not wait for others.
      if (status >= 400) this.output.flush();
    });
  }
}

function pathOf({ url = '' }: IncomingMessage): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}

/** The time of day as text. Under load many lines have the same millisecond. */
class IsoClock {
  private milliseconds = 0;
  private text = '';

  now(): string {
    const milliseconds = Date.now();
    if (milliseconds !== this.milliseconds) {
      this.milliseconds = milliseconds;
      this.text = new Date(milliseconds).toISOString();
    }
    return this.text;
  }
}
