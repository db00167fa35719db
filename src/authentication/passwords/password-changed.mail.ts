import { Injectable, type OnModuleInit } from '@nestjs/common';
import { originOf, type MailJob } from '../core/mail/mail-job.js';
import { MailMessages, type MailMessage } from '../core/mail/mail-messages.js';
import { PASSWORD_CHANGED_MAIL } from '../core/mail/mail-names.js';
import type { MailContent } from '../core/mail/mail.js';
import type { Realm } from '../core/realms/realm.js';

/** The notice to the owner (OWASP ASVS 6.3.7). */
@Injectable()
export class PasswordChangedMail implements MailMessage, OnModuleInit {
  readonly name = PASSWORD_CHANGED_MAIL;
  readonly limited = false;

  constructor(private readonly messages: MailMessages) {}

  onModuleInit(): void {
    this.messages.add(this);
  }

  compose(job: MailJob, realm: Realm): Promise<MailContent> {
    return Promise.resolve(passwordChangedMail(job, realm));
  }
}

export function passwordChangedMail(job: MailJob, { name }: Realm): MailContent {
  return {
    subject: `Your password at ${name} was changed`,
    paragraphs: [
      `The password of your account ${job.address} at ${name} was changed, and your other sessions ended.`,
    ],
    notes: [
      originOf(job),
      'If it was not you: ask for a password reset at once. It ends every session and sets a new password.',
    ],
  };
}
