import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../core/clients/client.js';
import {
  counterKey,
  FailureCounters,
  subjectOf,
  type CounterName,
} from '../core/counters/failure-counters.js';
import { Database } from '../core/database/database.js';
import { AuthenticationLog } from '../core/log/authentication-log.js';
import { Problem } from '../core/problems/problem.js';
import { AccountSuspended, EmailUnverified, InvalidCredentials } from '../core/problems/problems.js';
import type { AuthenticationSettings } from '../core/settings/authentication.settings.js';
import { Settings } from '../core/settings/settings.js';
import { UserLookup } from '../core/users/user-lookup.js';
import type { User } from '../core/users/user.entity.js';
import { BodyExtensions, type ExtraFields } from '../http/body/body-extensions.js';
import { SignInDto } from './dto/sign-in.dto.js';
import { SessionStart, type StartedSession } from './session-start.js';
import { SignInSteps } from './sign-in-steps.js';

/** A step whose challenge was answered, with the fields that were stored with the challenge. */
export interface PassedStep {
  readonly name: string;
  readonly extra: ExtraFields;
}

/** The result of a sign-in: a session, the challenge of the first step that is still to pass, or a refusal. */
export type Entry =
  { readonly started: StartedSession } | { readonly challenge: Problem } | { readonly refusal: Problem };

/** Starts every session: `enter` is the one method that does, and `proceed` calls it in a transaction of its own. */
@Injectable()
export class SignInService {
  constructor(
    private readonly database: Database,
    private readonly users: UserLookup,
    private readonly counters: FailureCounters,
    private readonly steps: SignInSteps,
    private readonly start: SessionStart,
    private readonly extensions: BodyExtensions,
    private readonly log: AuthenticationLog,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {}

  /**
   * For a credential that was checked outside any transaction and is not used up, such as a password.
   * @param counted the counter of the attempt that checked it. The sign-in clears it
   */
  async proceed(
    user: User,
    client: Client,
    extra: ExtraFields,
    counted: CounterName | null = null,
  ): Promise<StartedSession> {
    const counter = counted === null ? null : counterKey(counted, subjectOf(user));
    const attempt = { client, extra, counter };
    const entry = await this.database
      .transaction((manager) => this.decide(user, attempt, manager))
      .catch(async (error: unknown) => {
        // The credential was right, whatever the transaction that would have cleared the counter was undone for.
        if (counted !== null) await this.counters.clear(counted, subjectOf(user));
        throw error;
      });
    return this.conclude(entry, user, client);
  }

  /**
   * Call it in the transaction that uses up the credential, such as a mailed token: a request that ends all access at
   * the same time then finds the credential or the session. Starts the session when no step is left. After the commit,
   * answer with `conclude`. @param user as read when the credential was checked: a password changed since is refused
   */
  enter(
    user: User,
    client: Client,
    manager: EntityManager,
    passed?: PassedStep,
    extra: ExtraFields = {},
  ): Promise<Entry> {
    const attempt = { client, extra: passed?.extra ?? extra, counter: null };
    return this.decide(user, attempt, manager, passed?.name);
  }

  private decide(
    user: User,
    { client, extra, counter }: { client: Client; extra: ExtraFields; counter: string | null },
    manager: EntityManager,
    passed?: string,
  ): Promise<Entry> {
    return this.log.attempt('sign_in_failed', user, client, async () => {
      const current = await this.admitted(user, counter, manager);
      if (current instanceof Problem) return { refusal: current };
      await this.extensions.check(SignInDto, extra, { user: current, client }, manager);
      for (const step of this.steps.after(passed)) {
        const challenge = await step.challenge({ client, extra, user: current }, manager);
        if (challenge !== null) return { challenge };
      }
      return { started: await this.start.start(current, client, extra, manager) };
    });
  }

  /** Call it after the commit, which stores the challenge's token. @throws Problem the challenge or the refusal */
  conclude(entry: Entry, user: User, client: Client): StartedSession {
    if ('refusal' in entry) {
      this.log.outcome('sign_in_failed', user, client, entry.refusal.code);
      throw entry.refusal;
    }
    this.log.outcome('challenge' in entry ? 'sign_in_challenged' : 'signed_in', user, client);
    if ('challenge' in entry) throw entry.challenge;
    return entry.started;
  }

  private async admitted(
    seen: User,
    counter: string | null,
    manager: EntityManager,
  ): Promise<User | Problem> {
    const user = await this.users.lock(seen.id, counter, manager);
    if (!user?.hasSamePasswordAs(seen)) return new InvalidCredentials();
    if (this.settings.concealAccounts && !user.verified) return new InvalidCredentials();
    if (user.isSuspended) return new AccountSuspended();
    if (this.settings.requireVerifiedEmail && !user.verified) return new EmailUnverified();
    return user;
  }
}
