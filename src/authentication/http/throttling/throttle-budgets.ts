import { Injectable, SetMetadata, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';

/** Requests per client address (IPv6 by /64) in a realm, over all routes that share the budget. */
export interface ThrottleBudget {
  readonly limit: number;
  readonly seconds: number;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;

const BUDGETS = {
  sign_in: { limit: 30, seconds: MINUTE },
  sign_up: { limit: 20, seconds: HOUR },
  mail: { limit: 30, seconds: HOUR },
  token: { limit: 30, seconds: MINUTE },
} satisfies Record<string, ThrottleBudget>;

/** Open: features and hosts define more. */
export type BudgetName = keyof typeof BUDGETS | (string & {});

const UNKNOWN = 'there is no such budget; ThrottleBudgets.define() it in an onModuleInit';
const BUDGET = Symbol('throttle budget');

export const CountedAgainst = (name: BudgetName): MethodDecorator => SetMetadata(BUDGET, name);

/** The name that a route gave, '' at one that gave none. */
export const budgetNameAt = (handler: unknown): string =>
  typeof handler === 'function' ? ((Reflect.getMetadata(BUDGET, handler) as string | undefined) ?? '') : '';

/** How often a client may ask. */
@Injectable()
export class ThrottleBudgets implements OnApplicationBootstrap {
  private readonly budgets = new Map<string, ThrottleBudget>(Object.entries(BUDGETS));

  constructor(
    private readonly discovery: DiscoveryService,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {}

  /** For the budgets of features, and of your own routes: in an `onModuleInit`. */
  define(name: string, budget: ThrottleBudget): void {
    if (this.budgets.has(name)) throw new Error(`the throttle budget '${name}' is defined already`);
    this.budgets.set(name, budget);
  }

  /** A name that nobody defined stops the start rather than fail a client's request. */
  onApplicationBootstrap(): void {
    const scanner = new MetadataScanner();
    for (const { metatype } of this.discovery.getControllers()) {
      const prototype = (metatype?.prototype ?? {}) as Record<string, unknown>;
      for (const method of scanner.getAllMethodNames(prototype)) {
        const name = budgetNameAt(prototype[method]);
        if (name === '' || this.budgets.has(name)) continue;
        throw new Error(`@Throttled('${name}') at ${metatype?.name}.${method}: ${UNKNOWN}`);
      }
    }
  }

  of(name: BudgetName): ThrottleBudget {
    const budget = this.budgets.get(name);
    if (budget === undefined) throw new Error(`@Throttled('${name}'): ${UNKNOWN}`);
    return { ...budget, limit: Math.max(1, Math.ceil(budget.limit * this.settings.throttleFactor)) };
  }
}
