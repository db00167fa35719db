import { Injectable } from '@nestjs/common';
import type { MailJob } from '../../../core/mail/mail-job.js';
import { RegisteredMail } from '../../../core/mail/mail-messages.js';
import { mailEn } from '../../../core/mail/mail.en.js';
import { originOf } from '../../../core/mail/mail-origin.js';
import type { MailContent } from '../../../core/mail/mail.js';
import { unlinked } from '../../../core/mail/unlinked.js';
import type { Realm } from '../../../core/realms/realm.js';
import { devicesEn } from '../devices.en.js';

export const DEVICE_PAIRED_MAIL = 'device_paired';

/** The notice to the owner: an attacker can persuade a user to type the code of the attacker's device (RFC 8628, 5.4). */
@Injectable()
export class DevicePairedMail extends RegisteredMail {
  readonly name = DEVICE_PAIRED_MAIL;
  override readonly limit = 'notice';

  compose(job: MailJob, { name: app }: Realm): MailContent {
    const text = this.texts.of(devicesEn, job.locale);
    return {
      subject: text('device_paired.mail.subject', { app }),
      paragraphs: [
        this.whatHappened(job, app),
        text('device_paired.mail.consequence', {
          address: job.facts?.['device_ip_address'] ?? this.unknown(job),
        }),
      ],
      notes: [originOf(job, this.texts), text('device_paired.mail.not_you')],
    };
  }

  private whatHappened({ address: email, facts, locale }: MailJob, app: string): string {
    const text = this.texts.of(devicesEn, locale);
    const device = unlinked(facts?.['device'] ?? '');
    if (device === '') return text('device_paired.mail.text', { app, email });
    return text('device_paired.mail.text_with_name', { app, email, device });
  }

  private unknown({ locale }: MailJob): string {
    return this.texts.of(mailEn, locale)('mail.unknown_address');
  }
}

/** The facts about the device in the mail. Anybody can request a code under any name, so the name is not trusted. */
export function devicePairedFacts(name: string, ipAddress: string | null): Record<string, string> {
  return { device: name, ...(ipAddress === null ? {} : { device_ip_address: ipAddress }) };
}
