import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { INestApplication } from '@nestjs/common';
import { SettingError } from './authentication/core/settings/environment.js';
import { environmentVariables } from './config/dot-env.js';
import { serverSettings, type ServerSettings } from './config/settings.js';
import { databaseComplaint } from './database/database-complaint.js';
import { DirectoryInUse } from './database/directory-lock.js';
import type { Readiness } from './health/readiness.js';

/** Starts the server and stops it on SIGTERM and SIGINT. If it cannot start, it prints the reason in one line. */
export async function startServer(): Promise<void> {
  try {
    const settings = serverSettings(environmentVariables());
    // Loaded after the settings, so that a wrong setting is reported without delay.
    await import('reflect-metadata');
    const { createApplication } = await import('./http/application.js');
    const { databaseConnection } = await import('./database/connection.js');
    const { Readiness } = await import('./health/readiness.js');
    const { databaseUrl: url, databasePoolSize: size, databasePooler: pooler } = settings;
    const database = await databaseConnection(url, size, pooler);
    const application = await createApplication(settings, database);
    await application.listen(settings.port, settings.host);
    stopOnSignals(application, application.get(Readiness), settings);
    greet(application, settings);
  } catch (error) {
    process.stderr.write(`${complaintOf(error)}\n`);
    process.exit(1);
  }
}

/** Fails readiness, answers requests for `drainSeconds` more, then closes connections, mail queue and database. */
function stopOnSignals(
  application: INestApplication<Server>,
  readiness: Readiness,
  { drainSeconds }: ServerSettings,
): void {
  const stop = async (): Promise<void> => {
    readiness.beginToStop();
    await pause(drainSeconds * 1000);
    const server = application.getHttpServer();
    // `close` waits for open connections: those that become idle after the signal are closed here.
    setInterval(() => server.closeIdleConnections(), 100);
    await application.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      stop().catch((error: unknown) => {
        process.stderr.write(`${complaintOf(error)}\n`);
        process.exit(1);
      });
    });
  }
}

function greet(application: INestApplication<Server>, settings: ServerSettings): void {
  const { address, family, port } = application.getHttpServer().address() as AddressInfo;
  const base = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}${settings.authentication.routePrefix}`;
  const mails = settings.authentication.smtpUrl === null ? `${base}/dev/mailbox` : 'sent over SMTP';
  process.stdout.write(`
  Listening   ${base}
  Mails       ${mails}
  Docs        ${base}/docs
  Try         curl -i ${base}/sign_up -H 'Content-Type: application/json' \\
                -d '{"email":"ada@example.com","password":"correct horse battery","password_confirmation":"correct horse battery"}'

`);
}

function complaintOf(error: unknown): string {
  if (error instanceof SettingError || error instanceof DirectoryInUse) return error.message;
  const { code, message, port, address } = error as NodeJS.ErrnoException & {
    port?: number;
    address?: string;
  };
  if (code === 'EADDRINUSE')
    return `PORT ${port} is already in use on ${address}: stop the program that uses it, or set another PORT`;
  if (code === 'EACCES' && port !== undefined)
    return `This user may not listen on PORT ${port}: set another PORT`;
  if (code === 'EADDRNOTAVAIL') return `HOST ${address} is not an address of this machine`;
  const ofDatabase = databaseComplaint(error);
  if (ofDatabase !== null) return ofDatabase;
  return `The server could not start: ${message.split('\n', 1)[0]}`;
}
