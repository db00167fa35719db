import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../core/clients/client.js';
import { FailureCounters } from '../../core/counters/failure-counters.js';
import { UserEvents } from '../../core/events/user-events.js';
import { addressedTo } from '../../core/mail/mail-job.js';
import { MailQueue } from '../../core/mail/mail-queue.js';
import type { User } from '../../core/users/user.entity.js';
import { kindOf, SecondFactors, type CodeKind } from './second-factors.js';
import type { CodeVerdict } from './totp-secret.entity.js';
import { WRONG_CODES_MAIL } from './wrong-codes.mail.js';

/** Of all codes of a user. Three of a million codes of the app are valid at a time. */
const MINUTES = { counter: 'second_factor', limit: 5, windowSeconds: 15 * 60 };
/** Holds up codes of the app alone: recovery codes have 75 random bits, and let the owner in meanwhile. */
const DAY = { counter: 'second_factor_day', limit: 20, windowSeconds: 86_400 };

/** Where a code was given, for the user, by a client. */
export interface CodeAttempt {
  readonly user: User;
  readonly code: string;
  readonly client: Client;
}

/**
 * Checks codes of the second factor, and counts the wrong ones: a code of six digits is guessed quickly. A person who
 * gets here has the password, so the owner is told when a limit is reached.
 */
@Injectable()
export class CodeAttempts implements OnModuleInit {
  constructor(
    private readonly factors: SecondFactors,
    private readonly failures: FailureCounters,
    private readonly events: UserEvents,
    private readonly mails: MailQueue,
  ) {}

  onModuleInit(): void {
    // `fixed`: THROTTLE_FACTOR must not allow more guesses.
    for (const { counter, ...budget } of [MINUTES, DAY])
      this.failures.define(counter, { ...budget, fixed: true });
  }

  /**
   * Call it with the user's row locked, and commit whatever the verdict is: a rollback would undo the count.
   * A code that was right but is used is not counted. @param kind by default the kind that the code looks like
   * @throws TooManyRequests
   */
  async check(
    attempt: CodeAttempt,
    manager: EntityManager,
    kind: CodeKind = kindOf(attempt.code),
  ): Promise<CodeVerdict> {
    const subject = String(attempt.user.id);
    await this.failures.assertOpen(MINUTES.counter, subject, manager);
    if (kind === 'totp') await this.failures.assertOpen(DAY.counter, subject, manager);
    const verdict = await this.factors.check(kind, attempt, manager);
    if (verdict === 'wrong') await this.count(attempt, manager);
    if (verdict === 'accepted') await this.failures.clear(MINUTES.counter, subject, manager);
    return verdict;
  }

  private async count({ user, client }: CodeAttempt, manager: EntityManager): Promise<void> {
    const subject = String(user.id);
    await this.events.tell(manager, { action: 'second_factor_failed', user, client });
    const isFull = await this.failures.record(MINUTES.counter, subject, manager);
    const isFullForTheDay = await this.failures.record(DAY.counter, subject, manager);
    if (!isFull && !isFullForTheDay) return;
    const { limit } = isFullForTheDay ? DAY : MINUTES;
    await this.events.tell(manager, { action: 'second_factor_held_up', user, client });
    const facts = { period: isFullForTheDay ? 'day' : 'minutes', number: String(limit) };
    await this.mails.enqueue(manager, { message: WRONG_CODES_MAIL, ...addressedTo(user), client, facts });
  }
}
