import { applyDecorators, Injectable, SetMetadata, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';

/**
 * Requests per client address (IPv6: per /64), to all routes with this budget together. A client of realms that have an
 * owner is counted apart, in all realms of this owner together.
 */
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

/** Any text: features and hosts define further budgets. */
export type BudgetName = keyof typeof BUDGETS | (string & {});

const UNKNOWN = 'there is no such budget; define it by ThrottleBudgets.define() in an onModuleInit';
const BUDGET = Symbol('throttle budget');
const PER_CLIENT_ONLY = Symbol('throttled per client only');

export const CountedAgainst = (name: BudgetName, perClientOnly = false): MethodDecorator =>
  applyDecorators(SetMetadata(BUDGET, name), SetMetadata(PER_CLIENT_ONLY, perClientOnly));

export const isCountedPerClient = (handler: object): boolean =>
  Reflect.getMetadata(PER_CLIENT_ONLY, handler) === true;

/** The name of a route's budget, '' for a route without one. */
export const budgetNameAt = (handler: unknown): string =>
  typeof handler === 'function' ? ((Reflect.getMetadata(BUDGET, handler) as string | undefined) ?? '') : '';

/** The limits of requests per client. */
@Injectable()
export class ThrottleBudgets implements OnApplicationBootstrap {
  private readonly budgets = new Map<string, ThrottleBudget>(Object.entries(BUDGETS));

  constructor(
    private readonly discovery: DiscoveryService,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {}

  /** Adds a budget, for features and for your own routes. Call it in an `onModuleInit`. */
  define(name: string, budget: ThrottleBudget): void {
    if (this.budgets.has(name)) throw new Error(`the throttle budget '${name}' is defined already`);
    this.budgets.set(name, budget);
  }

  /** An undefined budget stops the start. It would otherwise fail only when a request comes. */
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
