import { Injectable, Module, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  UserEvents,
  type UserFact,
  type UserListener,
} from '../../../src/authentication/core/events/user-events.js';

/** Records every fact, looks for the user's row in its transaction, and fails at the fact named in `failsAt`. */
@Injectable()
export class Witness implements UserListener, OnModuleInit {
  readonly facts: {
    action: string;
    userId: number;
    found: boolean;
    inTransaction: boolean;
    ipAddress: string | null;
  }[] = [];
  failsAt: string | null = null;

  constructor(private readonly events: UserEvents) {}

  onModuleInit(): void {
    this.events.listen(this);
  }

  async onUserFact({ action, user, client }: UserFact, manager: EntityManager): Promise<void> {
    const rows = await manager.query<unknown[]>('SELECT 1 FROM authentication.users WHERE id = $1', [
      user.id,
    ]);
    this.facts.push({
      action,
      userId: user.id,
      found: rows.length === 1,
      inTransaction: manager.queryRunner?.isTransactionActive === true,
      ipAddress: client.ipAddress,
    });
    if (action === this.failsAt) throw new Error('the witness fails');
  }

  /** The actions of a user, in order. */
  of(userId: number): string[] {
    return this.facts.filter((fact) => fact.userId === userId).map(({ action }) => action);
  }
}

@Module({ providers: [Witness] })
export class WitnessFeature {}
