import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Realm } from '../realms/realm.js';
import { Texts } from '../texts/texts.js';
import type { MailAttempt } from './mail-attempt.js';
import type { MailJob } from './mail-job.js';
import type { MailContent } from './mail.js';

/** A kind of mail that the worker can write. */
export interface MailMessage {
  readonly name: string;
  /**
   * How often an address gets it. `'asked'`: anybody who knows the address can ask for it, so at most 3 in 15 minutes.
   * `'notice'`: it tells a user what happened to the account, so only to a verified address, and at most 10 an hour:
   * an attacker may have registered somebody else's address. Null: no limit
   */
  readonly limit: 'asked' | 'notice' | null;
  /** true: its link gets the account back, see `MailLimits` */
  readonly recovers: boolean;
  /** For how long it is tried, if the mail server is away: after this time, nobody needs the mail any more. */
  readonly hours?: number;
  /**
   * Writes the mail, and issues the token in it. Runs once for each try, in the attempt's transaction.
   * @returns null when nothing must be sent
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

  all(): MailMessage[] {
    return [...this.messages.values()];
  }
}

/** Base class of a kind of mail. List yours in the providers of its module: it registers itself for the worker. */
export abstract class RegisteredMail implements MailMessage, OnModuleInit {
  abstract readonly name: string;
  readonly limit: MailMessage['limit'] = null;
  readonly recovers: boolean = false;
  readonly hours: number = 48;

  // Injected as properties, so that the constructor of a mail has only the parameters that this mail needs.
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
