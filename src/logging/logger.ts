import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import type { LogOutput } from './log-output.js';

/** Fields whose values are never logged, at any level. */
const SECRETS = [
  'password',
  'password_confirmation',
  'current_password',
  'token',
  'secret',
  'authorization',
  'cookie',
];

const REDACTED: LoggerOptions = {
  redact: {
    paths: [
      ...SECRETS.flatMap((name) => [name, `*.${name}`]),
      'req.headers',
      'res.headers',
      '*["x-session-token"]',
    ],
    censor: '[redacted]',
  },
};

export function createLogger(level: string, output: LogOutput): Logger {
  return loggerOf(level, output, REDACTED);
}

/** For `RequestLog` alone. Its lines have fixed fields without secrets; to look for some took longer than to write them. */
export function createRequestLogger(level: string, output: LogOutput): Logger {
  return loggerOf(level, output.later);
}

function loggerOf(level: string, output: DestinationStream, options: LoggerOptions = {}): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, ...options }, output);
}

/** Nest's logger interface on top of pino: one line of JSON for each message. */
export class PinoLogger implements LoggerService {
  constructor(private readonly pino: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Nest passes the context last. Nest's own messages at the start are logged at the level debug. */
  private write(
    level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal',
    message: unknown,
    rest: unknown[],
  ): void {
    const context = rest.at(-1);
    const own =
      typeof context === 'string' && NEST_CONTEXTS.has(context) && level === 'info' ? 'debug' : level;
    const fields = typeof message === 'object' && message !== null ? message : { msg: String(message) };
    this.pino[own]({ context, ...fields });
  }
}

const NEST_CONTEXTS = new Set([
  'NestFactory',
  'NestApplication',
  'InstanceLoader',
  'RouterExplorer',
  'RoutesResolver',
]);
