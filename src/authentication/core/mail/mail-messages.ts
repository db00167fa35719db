import { Injectable } from '@nestjs/common';
import type { Realm } from '../realms/realm.js';
import type { MailJob } from './mail-job.js';
import type { MailContent } from './mail.js';

/** A kind of mail that the worker can write. */
export interface MailMessage {
  readonly name: string;
  /** whether strangers can cause it: then an address gets three of it in 15 minutes at most */
  readonly limited: boolean;
  /** Issues what the mail must hold and writes it; null when there is nothing to send any more. */
  compose(job: MailJob, realm: Realm): Promise<MailContent | null>;
}

@Injectable()
export class MailMessages {
  private readonly messages = new Map<string, MailMessage>();

  add(message: MailMessage): void {
    this.messages.set(message.name, message);
  }

  of(name: string): MailMessage | undefined {
    return this.messages.get(name);
  }
}
