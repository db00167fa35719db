import type { LoggerService } from '@nestjs/common';
import { pino, type Logger, type LoggerOptions } from 'pino';
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

export function createLogger(level: string, output: LogOutput): Logger {
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
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
  return pino(options, output);
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
