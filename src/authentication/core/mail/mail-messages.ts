import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Realm } from '../realms/realm.js';
import { Texts } from '../texts/texts.js';
import type { MailAttempt } from './mail-attempt.js';
import type { MailJob } from './mail-job.js';
import type { MailContent } from './mail.js';

/** A kind of mail that the worker can write. */
export interface MailMessage {
  readonly name: string;
  /** whether strangers can cause it: then an address gets three of it in 15 minutes at most */
  readonly limited: boolean;
  /**
   * Issues what the mail must hold and writes it; null when there is nothing to send, or no longer. Runs once for each
   * try, in the attempt's transaction.
   */
  compose(job: MailJob, realm: Realm, attempt: MailAttempt): MailContent | null | Promise<MailContent | null>;
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

/** A kind of mail, as a provider: listed in its module, it is known to the worker. */
export abstract class RegisteredMail implements MailMessage, OnModuleInit {
  abstract readonly name: string;
  readonly limited: boolean = false;

  // Properties rather than parameters: a mail's own constructor holds only what that mail needs.
  @Inject(MailMessages) private readonly messages!: MailMessages;
  @Inject(Texts) protected readonly texts!: Texts;

  onModuleInit(): void {
    this.messages.add(this);
  }

  abstract compose(
    job: MailJob,
    realm: Realm,
    attempt: MailAttempt,
  ): MailContent | null | Promise<MailContent | null>;
}
