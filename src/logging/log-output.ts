import { pino, type DestinationStream } from 'pino';

/** In characters: more are written without waiting any longer. Less than a pipe takes at once (64 KiB on Linux). */
const MOST_WAITING = 16_000;
const LONGEST_WAIT_MS = 200;

/**
 * Standard output for log lines. The lines of requests that succeeded wait for each other, since a system call for each
 * was a fifth of the CPU time of an authenticated request. Every other line is written at once, after those that wait.
 * What waits is written at the end of the process too, also after an error that nobody caught. A signal that
 * nobody listens to (SIGKILL, SIGHUP), a crash of Node.js and a loss of power lose it: lines of successful requests, of
 * the last fifth of a second.
 */
export class LogOutput implements DestinationStream {
  private readonly output: DestinationStream;
  private lines = '';
  private timer: NodeJS.Timeout | undefined;

  /** @param fd an open file; without one, standard output */
  constructor(fd = 1) {
    this.output = pino.destination({ fd, sync: true });
    process.once('exit', () => this.flush());
  }

  /** Writes a line at once. */
  write(line: string): void {
    this.lines += line;
    this.flush();
  }

  /** The same output for lines that may wait. */
  readonly later: DestinationStream = {
    write: (line) => {
      this.lines += line;
      if (this.lines.length > MOST_WAITING) this.flush();
      // Unreferenced: a process that has nothing else to do ends, and writes its lines then.
      else this.timer ??= setTimeout(() => this.flush(), LONGEST_WAIT_MS).unref();
    },
  };

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { lines } = this;
    if (lines === '') return;
    this.lines = '';
    this.output.write(lines);
  }
}
