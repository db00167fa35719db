import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { INestApplication } from '@nestjs/common';
import type { ServerSettings } from './config/settings.js';
import { Readiness } from './health/readiness.js';

/** What is left for mails and database when the last requests are cut. */
const RESERVE_MS = 1000;

/** Ends the server within `stopSeconds`, whatever its clients, mail server and database do. */
export class Shutdown {
  private readonly server: Server;
  private readonly unanswered = new Set<ServerResponse>();
  private readonly sockets = new Set<Socket>();
  private cutRequests = 0;

  /** Create it before the server listens: it counts connections and requests. */
  constructor(
    private readonly application: INestApplication<Server>,
    private readonly settings: Pick<ServerSettings, 'drainSeconds' | 'stopSeconds'>,
  ) {
    this.server = application.getHttpServer();
    this.server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    this.server.on('request', (_request, response) => {
      this.unanswered.add(response);
      response.once('close', () => this.unanswered.delete(response));
    });
  }

  /**
   * Fails readiness, answers requests for `drainSeconds` more, then closes connections, mail queue and database.
   * @returns the exit code, and what was not waited for, in one line
   */
  async run(): Promise<{ code: number; complaint: string | null }> {
    const { drainSeconds, stopSeconds } = this.settings;
    const timeIsUp = pause(stopSeconds * 1000, true);
    this.application.get(Readiness).beginToStop();
    for (const response of this.unanswered) closeAfter(response);
    setTimeout(() => this.cut(), stopSeconds * 1000 - RESERVE_MS);
    await pause(drainSeconds * 1000);
    // `close` waits for open connections: those that become idle after the signal are closed here.
    setInterval(() => this.closeIdle(), 100);
    const isLate = await Promise.race([this.application.close().then(() => false), timeIsUp]);
    return { code: this.cutRequests === 0 ? 0 : 1, complaint: this.complaint(isLate) };
  }

  private closeIdle(): void {
    this.server.closeIdleConnections();
    // Node does not count those as idle that have not sent anything yet.
    for (const socket of this.sockets) if (socket.bytesRead === 0) socket.destroy();
  }

  private cut(): void {
    this.cutRequests = this.unanswered.size;
    this.server.close();
    this.server.closeAllConnections();
  }

  private complaint(isLate: boolean): string | null {
    const left = [
      ...(this.cutRequests > 0 ? [`${this.cutRequests} request${this.cutRequests === 1 ? '' : 's'}`] : []),
      ...(isLate ? ['the mail server or the database'] : []),
    ];
    if (left.length === 0) return null;
    return `Stopped after STOP_SECONDS (${this.settings.stopSeconds}) without waiting any longer for ${left.join(', nor for ')}`;
  }
}

/** Otherwise the client may send its next request just when an idle connection is closed. */
function closeAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
