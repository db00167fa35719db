import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../core/clients/client.js';
import type { Problem } from '../core/problems/problem.js';
import type { User } from '../core/users/user.entity.js';
import type { ExtraFields } from '../http/body/body-extensions.js';

/** A sign-in on its way to a session. */
export interface SignInAttempt {
  readonly user: User;
  readonly client: Client;
  /** Fields that features added to the body. A step that opens a challenge keeps them, and hands them back. */
  readonly extra: ExtraFields;
}

/** A further step before a session, such as a second factor. */
export interface SignInStep {
  readonly name: string;
  /**
   * The answer to a user who has this step ahead, or null for one who has not.
   * Runs in a transaction of its own, which holds the user's row.
   */
  challenge(attempt: SignInAttempt, manager: EntityManager): Promise<Problem | null>;
}

@Injectable()
export class SignInSteps {
  private readonly steps: SignInStep[] = [];

  add(step: SignInStep): void {
    this.steps.push(step);
  }

  /** The steps that are left after the one that was passed, in the order in which they were registered. */
  after(passed: string | undefined): readonly SignInStep[] {
    const index = this.steps.findIndex((step) => step.name === passed);
    return this.steps.slice(index + 1);
  }
}
