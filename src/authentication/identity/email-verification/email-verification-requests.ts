import { Injectable } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import { Database } from '../../core/database/database.js';
import type { MailRequest } from '../../core/mail/mail-job.js';
import { EMAIL_VERIFICATION_MAIL } from '../../core/mail/mail-names.js';
import { MailQueue } from '../../core/mail/mail-queue.js';
import type { Realm } from '../../core/realms/realm.js';
import type { User } from '../../core/users/user.entity.js';

/** Queues the mails with links that verify an address. */
@Injectable()
export class EmailVerificationRequests {
  constructor(
    private readonly database: Database,
    private readonly mails: MailQueue,
  ) {}

  /** Mails the requested new address, else the current one if it is unverified. Otherwise it mails nobody. */
  async sendTo(user: User, client: Client): Promise<void> {
    const address = user.addressToVerify;
    if (address === null) return;
    await this.enqueue({ realm: user.realm, address, userId: user.id, client });
  }

  /** Looks nothing up, so known and unknown addresses get the same answer in the same time (OWASP ASVS 6.3.8). */
  async sendToAddress(address: string, realm: Realm, client: Client): Promise<void> {
    await this.enqueue({ realm: realm.id, address, client });
  }

  private enqueue(request: Omit<MailRequest, 'message'>): Promise<void> {
    return this.database.transaction((manager) =>
      this.mails.enqueue(manager, { message: EMAIL_VERIFICATION_MAIL, ...request }),
    );
  }
}
