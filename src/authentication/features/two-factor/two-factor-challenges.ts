import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { returning } from '../../core/database/database.js';
import { UserEvents, type UserFact, type UserListener } from '../../core/events/user-events.js';
import type { Problem } from '../../core/problems/problem.js';
import type { TokenKind } from '../../core/tokens/one-time-token.entity.js';
import { OneTimeTokens, type TokenHolder } from '../../core/tokens/one-time-tokens.js';
import { digestOf } from '../../core/tokens/secret.js';
import type { ExtraFields } from '../../http/body/body-extensions.js';
import { SignInSteps, type SignInAttempt, type SignInStep } from '../../sessions/sign-in-steps.js';
import type { PassedStep } from '../../sessions/sign-in.service.js';
import { SecondFactorRequired } from './two-factor-problems.js';

const STEP = 'two_factor';
/** Stored as a one-time token, which ends when the password or the address changes. */
const CHALLENGE: TokenKind = { purpose: 'two_factor_challenge', lifetimeSeconds: 10 * 60 };

/** The sign-in step of users who have a second factor: a challenge to answer before the session starts. */
@Injectable()
export class TwoFactorChallenges implements SignInStep, UserListener, OnModuleInit {
  readonly name = STEP;

  constructor(
    private readonly steps: SignInSteps,
    private readonly tokens: OneTimeTokens,
    private readonly events: UserEvents,
  ) {}

  onModuleInit(): void {
    this.steps.add(this);
    this.events.listen(this);
  }

  async challenge({ user, extra }: SignInAttempt, manager: EntityManager): Promise<Problem | null> {
    const enabled = await manager.query<unknown[]>(
      'SELECT 1 FROM authentication.totp_secrets WHERE user_id = $1 AND enabled',
      [user.id],
    );
    if (enabled.length === 0) return null;
    const { secret, expiresAt } = await this.tokens.issue(CHALLENGE, user, user.email, manager);
    await manager.query(
      'INSERT INTO authentication.two_factor_challenges (token_digest, extra) VALUES ($1, $2)',
      [digestOf(secret), extra],
    );
    return new SecondFactorRequired(secret, expiresAt);
  }

  find(token: string, manager: EntityManager): Promise<TokenHolder | null> {
    return this.tokens.find(CHALLENGE, token, manager);
  }

  /** One statement, so only one of many answers at the same time passes. @returns null if it was already answered */
  async pass(token: string, manager: EntityManager): Promise<PassedStep | null> {
    const [kept] = await returning<{ extra: ExtraFields }>(
      manager,
      'DELETE FROM authentication.two_factor_challenges WHERE token_digest = $1 RETURNING extra',
      [digestOf(token)],
    );
    const holder = await this.tokens.consume(CHALLENGE, token, manager);
    return kept === undefined || holder === null ? null : { name: STEP, extra: kept.extra };
  }

  async endAll(userId: number, manager: EntityManager): Promise<void> {
    await this.tokens.revoke(userId, manager, { purpose: CHALLENGE.purpose });
  }

  async onUserFact({ action, user }: UserFact, manager: EntityManager): Promise<void> {
    if (action === 'access_ended') await this.endAll(user.id, manager);
  }
}
