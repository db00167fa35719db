import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../core/clients/client.js';
import { Database } from '../../core/database/database.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import { InvalidToken } from '../../core/problems/problems.js';
import type { Realm } from '../../core/realms/realm.js';
import { lockedUser } from '../../core/users/locked-user.js';
import type { User } from '../../core/users/user.entity.js';
import type { StartedSession } from '../../sessions/session-start.js';
import { SignInService, type Entry } from '../../sessions/sign-in.service.js';
import { CodeAttempts } from './code-attempts.js';
import type { AnswerChallengeDto } from './dto/two-factor.dto.js';
import { RecoveryCodes } from './recovery-codes.js';
import type { CodeKind } from './second-factors.js';
import { TwoFactorChallenges } from './two-factor-challenges.js';
import { TwoFactorNews } from './two-factor-news.js';
import { CodeRefused } from './two-factor-problems.js';

/** `entry` is null when the code was refused. */
interface Answer {
  readonly user: User;
  readonly entry: Entry | null;
}

/** Checks the answers to challenges. */
@Injectable()
export class TwoFactorChallengeService {
  constructor(
    private readonly database: Database,
    private readonly challenges: TwoFactorChallenges,
    private readonly attempts: CodeAttempts,
    private readonly codes: RecoveryCodes,
    private readonly signIns: SignInService,
    private readonly news: TwoFactorNews,
    private readonly log: AuthenticationLog,
  ) {}

  withTotp(body: AnswerChallengeDto, realm: Realm, client: Client): Promise<StartedSession> {
    return this.answer(body, realm, client, 'totp');
  }

  withRecoveryCode(body: AnswerChallengeDto, realm: Realm, client: Client): Promise<StartedSession> {
    return this.answer(body, realm, client, 'recovery_code');
  }

  /** @throws InvalidToken for a challenge that has ended, CodeRefused, TooManyRequests */
  private async answer(
    body: AnswerChallengeDto,
    realm: Realm,
    client: Client,
    kind: CodeKind,
  ): Promise<StartedSession> {
    const { entry, user } = await this.database.transaction((manager) =>
      this.decide(body, realm, client, kind, manager),
    );
    if (entry === null) {
      this.log.outcome('second_factor_failed', user, client, 'invalid_credentials');
      throw new CodeRefused();
    }
    return this.signIns.conclude(entry, user, client);
  }

  /** Returns a refusal instead of throwing it: an exception would roll back the count of the failure. */
  private async decide(
    { challenge_token: token, code }: AnswerChallengeDto,
    realm: Realm,
    client: Client,
    kind: CodeKind,
    manager: EntityManager,
  ): Promise<Answer> {
    const user = await this.challenged(token, realm, manager);
    const verdict = await this.attempts.check({ user, code, client }, manager, kind);
    if (verdict !== 'accepted') return { entry: null, user };
    const passed = await this.challenges.pass(token, manager);
    if (passed === null) throw new InvalidToken();
    if (kind === 'recovery_code') await this.tellUsed(user, client, manager);
    return { entry: await this.signIns.enter(user, client, manager, passed), user };
  }

  private async tellUsed(user: User, client: Client, manager: EntityManager): Promise<void> {
    const remaining = String(await this.codes.remaining(user, manager));
    await this.news.tell('recovery_code_used', user, client, manager, { remaining });
  }

  /** Finds the user of a challenge and locks the row. @throws InvalidToken, also while the user is suspended */
  private async challenged(token: string, realm: Realm, manager: EntityManager): Promise<User> {
    const holder = await this.challenges.find(token, manager);
    if (holder?.realm !== realm.id) throw new InvalidToken();
    const user = await lockedUser(manager, holder.userId);
    // The challenge may have been answered, or have ended, while this request waited for the lock.
    const isOpen = (await this.challenges.find(token, manager)) !== null;
    if (user === null || user.isSuspended || !isOpen) throw new InvalidToken();
    return user;
  }
}
