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

/** `entry` is null for a code that was refused. */
interface Answer {
  readonly user: User;
  readonly entry: Entry | null;
}

/** Answers to challenges. A code of six digits is guessed in no time, unless failures are counted. */
@Injectable()
export class TwoFactorChallengeService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly challenges: TwoFactorChallenges,
    private readonly factors: SecondFactors,
    private readonly failures: FailureCounters,
    private readonly door: SignInService,
    private readonly events: UserEvents,
    private readonly log: AuthenticationLog,
  ) {}

  onModuleInit(): void {
    // Five in a million codes, three of which are right: whatever THROTTLE_FACTOR says.
    this.failures.define(COUNTER, { limit: 5, windowSeconds: 900, fixed: true });
  }

  withTotp(body: AnswerChallengeDto, realm: Realm, client: Client): Promise<StartedSession> {
    return this.answer(body, realm, client, this.factors.totpCode);
  }

  withRecoveryCode(body: AnswerChallengeDto, realm: Realm, client: Client): Promise<StartedSession> {
    return this.answer(body, realm, client, this.factors.recoveryCode);
  }

  /** @throws InvalidToken for a dead challenge, CodeRefused, TooManyRequests */
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
    return this.door.conclude(entry, user, client);
  }

  /** A refusal is an answer, not an exception: its count must be committed. */
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
    return { entry: await this.door.enter(user, client, manager, passed), user };
  }

  /** Whose challenge it is, held. A suspended user's is dead, like every other means of access. */
  private async challenged(token: string, realm: Realm, manager: EntityManager): Promise<User> {
    const holder = await this.challenges.find(token, manager);
    if (holder?.realm !== realm.id) throw new InvalidToken();
    const user = await lockedUser(manager, holder.userId);
    // It may have been answered, or have ended, while this one waited for the row.
    const isOpen = (await this.challenges.find(token, manager)) !== null;
    if (user === null || user.isSuspended || !isOpen) throw new InvalidToken();
    return user;
  }
}
