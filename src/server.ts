import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { SettingError } from './authentication/core/settings/environment.js';
import { environmentVariables } from './config/dot-env.js';
import { serverSettings, type ServerSettings } from './config/settings.js';
import { EmbeddedDatabaseError } from './database/embedded-database-error.js';
import type { StopSignals } from './stop-signals.js';

/** Starts the server and stops it on SIGTERM and SIGINT. If it cannot start, it prints the reason in one line. */
export async function startServer(signals: StopSignals): Promise<void> {
  try {
    const settings = serverSettings(environmentVariables());
    // Loaded after the settings, so that a wrong setting is reported without delay.
    await import('reflect-metadata');
    const { createApplication } = await import('./http/application.js');
    const { databaseConnection } = await import('./database/connection.js');
    const { Shutdown } = await import('./shutdown.js');
    const database = await databaseConnection(settings.databaseUrl, settings.databasePoolSize);
    signals.answerWith(() => finishStartWithin(settings));
    const application = await createApplication(settings, database);
    if (signals.received) await leave(application);
    const shutdown = new Shutdown(application, settings);
    signals.answerWith(() => void shutdown.run().then(end, fail));
    await application.listen(settings.port, settings.host);
    greet(application, settings);
  } catch (error) {
    fail(error);
  }
}

/** A migration may be running: it is not cut. */
function finishStartWithin({ stopSeconds }: ServerSettings): void {
  setTimeout(() => {
    end({
      code: 1,
      complaint: `Stopped after STOP_SECONDS (${stopSeconds}): the start, with its migrations, had not ended`,
    });
  }, stopSeconds * 1000);
}

async function leave(application: INestApplication<Server>): Promise<void> {
  await application.close();
  end({ code: 0, complaint: null });
}

function end({ code, complaint }: { code: number; complaint: string | null }): void {
  if (complaint !== null) process.stderr.write(`${complaint}\n`);
  process.exit(code);
}

function fail(error: unknown): void {
  end({ code: 1, complaint: complaintOf(error) });
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
  if (error instanceof SettingError || error instanceof EmbeddedDatabaseError) return error.message;
  const { code, message, port, address } = error as NodeJS.ErrnoException & {
    port?: number;
    address?: string;
  };
  if (code === 'EADDRINUSE')
    return `PORT ${port} is already in use on ${address}: stop the program that uses it, or set another PORT`;
  if (code === 'EACCES' && port !== undefined)
    return `This user may not listen on PORT ${port}: set another PORT`;
  if (code === 'EADDRNOTAVAIL') return `HOST ${address} is not an address of this machine`;
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'ETIMEDOUT' || code === 'EAI_AGAIN') {
    return `The database at DATABASE_URL cannot be reached (${code}): check that it runs and that the address is right`;
  }
  if (code === '28P01' || code === '28000' || code === '3D000')
    return `The database at DATABASE_URL refused the connection: ${message}`;
  return `The server could not start: ${message.split('\n', 1)[0]}`;
}
