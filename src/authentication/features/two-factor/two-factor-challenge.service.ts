import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../core/clients/client.js';
import { FailureCounters } from '../../core/counters/failure-counters.js';
import { Database } from '../../core/database/database.js';
import { UserEvents } from '../../core/events/user-events.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import { InvalidToken } from '../../core/problems/problems.js';
import type { Realm } from '../../core/realms/realm.js';
import { lockedUser } from '../../core/users/locked-user.js';
import type { User } from '../../core/users/user.entity.js';
import type { StartedSession } from '../../sessions/session-start.js';
import { SignInService, type Entry } from '../../sessions/sign-in.service.js';
import type { AnswerChallengeDto } from './dto/two-factor.dto.js';
import { SecondFactors, type CodeCheck } from './second-factors.js';
import { TwoFactorChallenges } from './two-factor-challenges.js';
import { CodeRefused } from './two-factor-problems.js';

const COUNTER = 'second_factor';

/** `entry` is null when the code was refused. */
interface Answer {
  readonly user: User;
  readonly entry: Entry | null;
}

/** Checks the answers to challenges. Failures are counted, since a code of six digits can be guessed quickly. */
@Injectable()
export class TwoFactorChallengeService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly challenges: TwoFactorChallenges,
    private readonly factors: SecondFactors,
    private readonly failures: FailureCounters,
    private readonly signIns: SignInService,
    private readonly events: UserEvents,
    private readonly log: AuthenticationLog,
  ) {}

  onModuleInit(): void {
    // Three of a million codes are valid at a time. `fixed`: THROTTLE_FACTOR must not allow more than five guesses.
    this.failures.define(COUNTER, { limit: 5, windowSeconds: 900, fixed: true });
  }

  withTotp(body: AnswerChallengeDto, realm: Realm, client: Client): Promise<StartedSession> {
    return this.answer(body, realm, client, this.factors.totpCode);
  }

  withRecoveryCode(body: AnswerChallengeDto, realm: Realm, client: Client): Promise<StartedSession> {
    return this.answer(body, realm, client, this.factors.recoveryCode);
  }

  /** @throws InvalidToken for a challenge that has ended, CodeRefused, TooManyRequests */
  private async answer(
    body: AnswerChallengeDto,
    realm: Realm,
    client: Client,
    check: CodeCheck,
  ): Promise<StartedSession> {
    const { entry, user } = await this.database.transaction((manager) =>
      this.decide(body, realm, client, check, manager),
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
    check: CodeCheck,
    manager: EntityManager,
  ): Promise<Answer> {
    const user = await this.challenged(token, realm, manager);
    await this.failures.assertOpen(COUNTER, String(user.id), manager);
    const verdict = await check(user, code, client, manager);
    if (verdict === 'wrong') {
      await this.failures.record(COUNTER, String(user.id), manager);
      await this.events.tell(manager, { action: 'second_factor_failed', user, client });
    }
    if (verdict !== 'accepted') return { entry: null, user };
    const passed = await this.challenges.pass(token, manager);
    if (passed === null) throw new InvalidToken();
    await this.failures.clear(COUNTER, String(user.id), manager);
    return { entry: await this.signIns.enter(user, client, manager, passed), user };
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
