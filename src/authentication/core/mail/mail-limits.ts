import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { FailureCounters } from '../counters/failure-counters.js';
import { ownerOf, type Realm } from '../realms/realm.js';
import { mailSubject, type MailJob } from './mail-job.js';
import { MailMessages, type MailMessage } from './mail-messages.js';

/**
 * Decides whether an address may get one more mail, in the transaction that writes the mail.
 *
 * An attacker can use up every limit here, so no limit may keep a mail that gets the account back (`recovers`) from the
 * user of a verified address:
 * - Each kind of mail has its own count. Many notices of one kind do not stop those of another kind, nor a reset.
 * - The first notices of a kind are sent, and each of them has a link. This link also undoes what the attacker did
 *   later, so the notices beyond the limit would add nothing.
 * - A link that takes the account back voids the links of all later notices, and promises a reset. So it starts all
 *   counts of the address again (`restart`): an attacker may have used them up.
 * - The limit of an owner of realms does not count these mails. An owner cannot flood a stranger with them, because the
 *   stranger would have to verify the address first.
 */
@Injectable()
export class MailLimits {
  constructor(
    private readonly counters: FailureCounters,
    private readonly messages: MailMessages,
  ) {}

  /** Counts the mail. @returns false when it must not be sent */
  async admit(message: MailMessage, job: MailJob, realm: Realm, manager: EntityManager): Promise<boolean> {
    const subject = mailSubject(message.name, { realm: job.realm, email: job.address });
    if (message.limit === 'notice') {
      if (!(await isVerified(job, manager))) return false;
      if (!(await this.counters.fits('notice', subject, manager))) return false;
    }
    if (message.limit === 'asked' && !(await this.counters.fits('mail', subject, manager))) return false;
    const owner = ownerOf(realm);
    return owner === null || this.ownerMay(owner, message, job, manager);
  }

  /** For an address whose owner took the account back: what is mailed to it from now on must arrive. */
  async restart(address: { realm: string; email: string }, manager: EntityManager): Promise<void> {
    for (const { name, limit } of this.messages.all()) {
      if (limit === null) continue;
      await this.counters.clear(limit === 'notice' ? 'notice' : 'mail', mailSubject(name, address), manager);
    }
  }

  private async ownerMay(
    owner: string,
    message: MailMessage,
    job: MailJob,
    manager: EntityManager,
  ): Promise<boolean> {
    if (message.recovers) {
      if (await isVerified(job, manager)) return true;
      if (!(await this.counters.fits('recovery_of_owner', owner, manager))) return false;
    }
    return this.counters.fits('mail_of_owner', `${owner} ${job.address}`, manager);
  }
}

/** An address that was verified when the mail was queued counts, even if the user has another one by now. */
async function isVerified({ realm, address, verified }: MailJob, manager: EntityManager): Promise<boolean> {
  if (verified !== undefined) return verified;
  const rows = await manager.query<unknown[]>(
    'SELECT 1 FROM authentication.users WHERE realm = $1 AND email = $2 AND verified',
    [realm, address],
  );
  return rows.length > 0;
}
