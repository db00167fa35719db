import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../database/database.js';
import { ROOT_REALM_ID, type Realm } from '../realms/realm.js';
import { Realms } from '../realms/realms.js';
import type { AuthenticationSettings } from '../settings/authentication.settings.js';
import { Settings } from '../settings/settings.js';
import { Texts } from '../texts/texts.js';
import { MailAttempt } from './mail-attempt.js';
import type { MailJob } from './mail-job.js';
import { MailJobs } from './mail-jobs.js';
import { MailLimits } from './mail-limits.js';
import { MailMessages, type MailMessage } from './mail-messages.js';
import type { QueuedMail } from './mail-queue.js';
import type { Mail, MailContent } from './mail.js';
import { mailEn } from './mail.en.js';
import { renderMail } from './render-mail.js';
import { unlinkedName } from './unlinked.js';

/** Writes the mail of a job, and issues the token in it, in one transaction. */
@Injectable()
export class MailComposer {
  private readonly key: Buffer;

  constructor(
    private readonly database: Database,
    private readonly jobs: MailJobs,
    private readonly messages: MailMessages,
    private readonly realms: Realms,
    private readonly limits: MailLimits,
    private readonly texts: Texts,
    @Settings() { secretKeys }: AuthenticationSettings,
  ) {
    // A random key is enough: after a restart, the next try writes its own secret into the same row.
    this.key = secretKeys[0] ?? randomBytes(32);
  }

  /** @returns null when nothing must be sent */
  async compose(job: QueuedMail): Promise<Mail | null> {
    const message = this.messages.of(job.data.message);
    const realm = await this.named(job.data.realm);
    if (message === undefined || realm === null) return null;
    const known = { ...job, data: { ...job.data, locale: this.texts.known(job.data.locale) } };
    const content = await this.database.transaction((manager) => this.write(known, message, realm, manager));
    return content === null ? null : this.mailOf(known.data, realm, content);
  }

  /** The owner chose the name of the root realm. Anybody may have chosen another: it must not become a link. */
  private async named(id: string): Promise<Realm | null> {
    const realm = await this.realms.find(id);
    return realm === null || id === ROOT_REALM_ID ? realm : { ...realm, name: unlinkedName(realm.name) };
  }

  private mailOf({ address, locale }: MailJob, { name }: Realm, content: MailContent): Mail {
    const linkLabel = this.texts.of(mailEn, locale)('mail.link');
    return renderMail(address, content, { appName: name, locale, linkLabel });
  }

  private async write(
    job: QueuedMail,
    message: MailMessage,
    realm: Realm,
    manager: EntityManager,
  ): Promise<MailContent | null> {
    const isFirst = await this.jobs.markIssued(job, manager);
    const attempt = new MailAttempt(job.id, isFirst, manager, this.key, async () =>
      isFirst ? this.limits.admit(message, job.data, realm, manager) : true,
    );
    const content = await message.compose(job.data, realm, attempt);
    return content !== null && (await attempt.admit()) ? content : null;
  }
}
