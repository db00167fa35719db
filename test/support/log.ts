import type { LoggerService } from '@nestjs/common';
import type { TestApplication } from './application.js';

export type LogEntry = { level: string; event?: string } & Record<string, unknown>;

/** The log of an application from now on, one JSON line per entry, as a production logger writes it. */
export class Log implements LoggerService {
  readonly lines: string[] = [];

  static of(application: TestApplication): Log {
    const log = new Log();
    application.nest.useLogger(log);
    return log;
  }

  /** The entries of one event, or all. */
  entries(event?: string): LogEntry[] {
    const entries = this.lines.map((line) => JSON.parse(line) as LogEntry);
    return event === undefined ? entries : entries.filter((entry) => entry.event === event);
  }

  log(message: unknown): void {
    this.write('info', message);
  }

  error(message: unknown): void {
    this.write('error', message);
  }

  warn(message: unknown): void {
    this.write('warn', message);
  }

  private write(level: string, message: unknown): void {
    const fields = typeof message === 'object' && message !== null ? message : { message };
    this.lines.push(JSON.stringify({ level, ...fields }));
  }
}
