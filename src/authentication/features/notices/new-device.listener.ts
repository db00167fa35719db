import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { UserEvents, type UserFact, type UserListener } from '../../core/events/user-events.js';
import { addressedTo } from '../../core/mail/mail-job.js';
import { MailQueue } from '../../core/mail/mail-queue.js';
import { deviceOf } from './device.js';
import { KnownDevices } from './known-devices.js';
import { SignInNotices } from './sign-in-notices.js';
import { SIGN_IN_NOTICE_MAIL } from './sign-in-notice.mail.js';

/** Every way to sign in ends in the fact `signed_in`, so none can skip the notice (OWASP ASVS 6.3.7). */
@Injectable()
export class NewDeviceListener implements UserListener, OnModuleInit {
  constructor(
    private readonly events: UserEvents,
    private readonly devices: KnownDevices,
    private readonly notices: SignInNotices,
    private readonly mails: MailQueue,
  ) {}

  onModuleInit(): void {
    this.events.listen(this);
  }

  async onUserFact(fact: UserFact, manager: EntityManager): Promise<void> {
    const { action, user, client } = fact;
    if (action === 'signed_up') await this.devices.see(user, deviceOf(client), manager);
    if (action === 'signed_in') await this.tellIfNew(fact, manager);
    // The known devices may belong to a person who registered the owner's address first.
    if (action === 'taken_over') await this.devices.forgetAll(user, manager);
    if (action === 'taken_back' && fact.since !== undefined) {
      await this.devices.forgetSince(fact.since, user, manager);
      await this.notices.voidSince(fact.since, user, manager);
    }
  }

  private async tellIfNew({ user, client, session }: UserFact, manager: EntityManager): Promise<void> {
    if (!(await this.devices.see(user, deviceOf(client), manager))) return;
    await this.mails.enqueue(manager, {
      message: SIGN_IN_NOTICE_MAIL,
      ...addressedTo(user),
      client,
      ...(session === undefined ? {} : { facts: { session: String(session.id) } }),
    });
  }
}
