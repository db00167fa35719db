import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../core/clients/client.js';
import type { Problem } from '../core/problems/problem.js';
import type { User } from '../core/users/user.entity.js';
import type { ExtraFields } from '../http/body/body-extensions.js';

/** A sign-in whose credential was accepted, before its session starts. */
export interface SignInAttempt {
  readonly user: User;
  readonly client: Client;
  /** Fields that features added to the body. A step keeps them with its challenge, and returns them in `PassedStep`. */
  readonly extra: ExtraFields;
}

/** A further step before a session, such as a second factor. */
export interface SignInStep {
  readonly name: string;
  /**
   * Runs in the transaction of the sign-in, with the user's row locked.
   * @returns the challenge to answer with, or null when this user does not need the step
   */
  challenge(attempt: SignInAttempt, manager: EntityManager): Promise<Problem | null>;
}

@Injectable()
export class SignInSteps {
  private readonly steps: SignInStep[] = [];

  add(step: SignInStep): void {
    this.steps.push(step);
  }

  /** The steps after the one that was passed, in the order in which they were registered; all when none was passed. */
  after(passed: string | undefined): readonly SignInStep[] {
    const index = this.steps.findIndex((step) => step.name === passed);
    return this.steps.slice(index + 1);
  }
}
