import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../core/clients/client.js';
import { FailureCounters } from '../../core/counters/failure-counters.js';
import { Database } from '../../core/database/database.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import { addressedTo, mailSubject } from '../../core/mail/mail-job.js';
import { PASSWORD_RESET_MAIL } from '../../core/mail/mail-names.js';
import { MailQueue } from '../../core/mail/mail-queue.js';
import { InvalidToken } from '../../core/problems/problems.js';
import { holderWithin, type TokenHolder } from '../../core/tokens/one-time-tokens.js';
import { lockedUser } from '../../core/users/locked-user.js';
import type { User } from '../../core/users/user.entity.js';
import type { RealmOfRequest } from '../../http/realm/request-realms.js';
import { SessionRevocation } from '../../sessions/session-revocation.js';
import { KnownDevices } from './known-devices.js';
import { SignInNotices } from './sign-in-notices.js';

/** The owner answers a notice with "It was not me". */
@Injectable()
export class DenialsService {
  constructor(
    private readonly database: Database,
    private readonly notices: SignInNotices,
    private readonly devices: KnownDevices,
    private readonly revocation: SessionRevocation,
    private readonly failures: FailureCounters,
    private readonly mails: MailQueue,
    private readonly log: AuthenticationLog,
  ) {}

  /** Finds whose notice it is, without consuming the token. @throws InvalidToken */
  async holderOf(token: string | null, asked: RealmOfRequest): Promise<TokenHolder> {
    const holder = token === null ? null : await this.notices.find(token);
    return holderWithin(holder, asked);
  }

  /** Ends the session and mails a link to a new password, which ends all other sessions. @throws InvalidToken */
  async deny(token: string, asked: RealmOfRequest, client: Client): Promise<TokenHolder> {
    const holder = await this.holderOf(token, asked);
    const user = await this.database.transaction((manager) => this.apply(holder, token, client, manager));
    this.log.outcome('sign_in_denied', user, client);
    return holder;
  }

  private async apply(
    { userId }: TokenHolder,
    token: string,
    client: Client,
    manager: EntityManager,
  ): Promise<User> {
    const user = await lockedUser(manager, userId);
    const notice = await this.notices.consume(token, manager);
    if (user === null || notice === null) throw new InvalidToken();
    if (notice.sessionId !== null) await this.revocation.revoke(user, notice.sessionId, client, manager);
    await this.devices.forget(user, notice.device, manager);
    // The page promises this mail and the notice works only once, so resets that others requested must not block it.
    await this.failures.clear('mail', mailSubject(PASSWORD_RESET_MAIL, user), manager);
    await this.mails.enqueue(manager, {
      message: PASSWORD_RESET_MAIL,
      ...addressedTo(user),
      client,
    });
    return user;
  }
}
