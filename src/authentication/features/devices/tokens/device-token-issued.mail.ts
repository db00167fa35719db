import { Injectable } from '@nestjs/common';
import type { MailJob } from '../../../core/mail/mail-job.js';
import { unlinked } from '../../../core/mail/unlinked.js';
import { RegisteredMail } from '../../../core/mail/mail-messages.js';
import { originOf } from '../../../core/mail/mail-origin.js';
import type { MailContent } from '../../../core/mail/mail.js';
import type { Realm } from '../../../core/realms/realm.js';
import { devicesEn } from '../devices.en.js';

export const DEVICE_TOKEN_ISSUED_MAIL = 'device_token_issued';

/** Tells the owner of a new device token: it outlives the session that asked for it. */
@Injectable()
export class DeviceTokenIssuedMail extends RegisteredMail {
  readonly name = DEVICE_TOKEN_ISSUED_MAIL;
  override readonly limit = 'notice';

  compose(job: MailJob, { name: app }: Realm): MailContent {
    const text = this.texts.of(devicesEn, job.locale);
    return {
      subject: text('device_token_issued.mail.subject', { app }),
      paragraphs: [this.whatHappened(job, app)],
      notes: [originOf(job, this.texts), text('device_token_issued.mail.not_you')],
    };
  }

  private whatHappened({ address: email, facts, locale }: MailJob, app: string): string {
    const text = this.texts.of(devicesEn, locale);
    const device = unlinked(facts?.['device'] ?? '');
    if (device === '') return text('device_token_issued.mail.text', { app, email });
    return text('device_token_issued.mail.text_with_name', { app, email, device });
  }
}
