import { setTimeout as pause } from 'node:timers/promises';
import type { INestApplication } from '@nestjs/common';
import { Database } from '../../src/authentication/core/database/database.js';
import { DevelopmentMailbox, type KeptMail } from '../../src/authentication/core/mail/development-mailbox.js';
import { MailTransport } from '../../src/authentication/core/mail/mail.js';

const PATIENCE_MS = 15_000;

/** The mails of an application. Every method first waits until its queue is empty. */
export class Mailbox {
  constructor(private readonly nest: INestApplication) {}

  /** Newest first. */
  async to(address: string, subject = /^/): Promise<KeptMail[]> {
    return (await this.all()).filter((mail) => mail.to === address && subject.test(mail.subject));
  }

  async all(): Promise<readonly KeptMail[]> {
    await this.settled();
    const transport = this.nest.get(MailTransport, { strict: false });
    if (!(transport instanceof DevelopmentMailbox)) throw new Error('this application sends over SMTP');
    return transport.list();
  }

  /** The link in the newest mail to that address. */
  async linkTo(address: string, subject?: RegExp): Promise<URL> {
    const [mail] = await this.to(address, subject);
    const [link] = /https?:\/\/\S+/.exec(mail?.text ?? '') ?? [];
    if (link === undefined) throw new Error(`no mail to ${address} has a link`);
    return new URL(link);
  }

  async tokenTo(address: string, subject?: RegExp): Promise<string> {
    return (await this.linkTo(address, subject)).searchParams.get('token') ?? '';
  }

  /** The token of the newest mail whose link leads to that path, whatever its subject is. */
  async tokenAt(address: string, path: string): Promise<string> {
    for (const { text } of await this.to(address)) {
      for (const [link] of text.matchAll(/https?:\/\/\S+/g)) {
        const { pathname, searchParams } = new URL(link);
        const token = searchParams.get('token');
        if (pathname.endsWith(path) && token !== null) return token;
      }
    }
    throw new Error(`no mail to ${address} has a link to ${path}`);
  }

  /** Waits until every queued mail is sent or dropped. */
  async settled(): Promise<void> {
    const { pool } = this.nest.get(Database, { strict: false });
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
      const { rows } = await pool.query<{ open: string }>(
        "SELECT count(*) AS open FROM authentication_jobs.job WHERE name = 'mails' AND state IN ('created', 'retry', 'active')",
      );
      if (rows[0]?.open === '0') return;
      await pause(10);
    }
    throw new Error(`mails are still queued after ${PATIENCE_MS} ms`);
  }
}
