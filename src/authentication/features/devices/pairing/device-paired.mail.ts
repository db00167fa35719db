import { Injectable } from '@nestjs/common';
import { originOf, unlinked, type MailJob } from '../../../core/mail/mail-job.js';
import { RegisteredMail } from '../../../core/mail/mail-messages.js';
import type { MailContent } from '../../../core/mail/mail.js';
import type { Realm } from '../../../core/realms/realm.js';

export const DEVICE_PAIRED_MAIL = 'device_paired';

/** The notice to the owner: a person can be talked into typing somebody else's code (RFC 8628, 5.4). */
@Injectable()
export class DevicePairedMail extends RegisteredMail {
  readonly name = DEVICE_PAIRED_MAIL;

  compose(job: MailJob, { name }: Realm): MailContent {
    const device = unlinked(job.facts?.['device'] ?? '');
    const called = device === '' ? 'A device' : `A device that calls itself "${device}"`;
    return {
      subject: `A device was added to your account at ${name}`,
      paragraphs: [
        `${called} was paired with your account ${job.address} at ${name}, by the code that it showed.`,
        `It asked for that code from ${job.facts?.['device_ip_address'] ?? 'an unknown address'}, and can act for you until you remove it.`,
      ],
      notes: [
        originOf(job),
        'If it was not you, or not your device: remove it, and change your password, which ends the access of every device.',
      ],
    };
  }
}

/** What the mail tells of the device. Anybody can ask for a code, under any name. */
export function devicePairedFacts(name: string, ipAddress: string | null): Record<string, string> {
  return { device: name, device_ip_address: ipAddress ?? 'an unknown address' };
}
