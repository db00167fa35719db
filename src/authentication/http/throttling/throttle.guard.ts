import { applyDecorators, Inject, Injectable, UseGuards, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ThrottlerGuard, type ThrottlerLimitDetail, type ThrottlerRequest } from '@nestjs/throttler';
import { clientKey } from '../../core/clients/client.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import { TooManyRequests } from '../../core/problems/problems.js';
import { ownerOf } from '../../core/realms/realm.js';
import { RequestClients } from '../client/request-clients.js';
import { RequestRealms } from '../realm/request-realms.js';
import { isRoute, requestOf } from '../request/context-request.js';
import type { HttpRequest } from '../request/http.js';
import {
  budgetNameAt,
  CountedAgainst,
  isCountedPerClient,
  ThrottleBudgets,
  type BudgetName,
} from './throttle-budgets.js';
import { ThrottleStorage } from './throttle-storage.js';

/**
 * The owner of realms has a limit for all their clients together: so many times the budget of one client. A backend
 * names the addresses of its clients, and could name a new one for each request. Nor do more realms give more requests:
 * a client has one budget for all realms of an owner.
 */
const CLIENTS_OF_OWNER = 20;

/** The guard of @nestjs/throttler with our own storage. Its module is global and would override the host's limits. */
@Injectable()
export class ThrottleGuard extends ThrottlerGuard {
  constructor(
    // Both need @Inject: without it, Nest uses the tokens of the parent's first two parameters.
    @Inject(ThrottleBudgets) budgets: ThrottleBudgets,
    @Inject(ThrottleStorage) storage: ThrottleStorage,
    reflector: Reflector,
    private readonly clients: RequestClients,
    private readonly realms: RequestRealms,
    private readonly log: AuthenticationLog,
  ) {
    // Functions, because features define their budgets after this guard is created.
    const throttler = {
      // Not `default`: a @SkipThrottle() that is meant for the limits of the host must not skip ours.
      name: 'authentication',
      limit: (context: ExecutionContext) => budgets.of(nameAt(context)).limit,
      ttl: (context: ExecutionContext) => budgets.of(nameAt(context)).seconds * 1000,
    };
    super({ throttlers: [throttler], setHeaders: false }, storage, reflector);
  }

  /** Counts the client first: a request that is refused must not use up the budget that all clients share. */
  protected override async handleRequest(counted: ThrottlerRequest): Promise<boolean> {
    const name = nameAt(counted.context);
    await super.handleRequest({ ...counted, throttler: { ...counted.throttler, name } });
    const owner = await this.ownerAt(counted.context);
    if (owner === null || isCountedPerClient(counted.context.getHandler())) return true;
    return super.handleRequest({
      ...counted,
      limit: counted.limit * CLIENTS_OF_OWNER,
      throttler: { ...counted.throttler, name: `${name}_of_owner` },
      getTracker: () => owner,
    });
  }

  protected override async getTracker(request: Record<string, unknown>): Promise<string> {
    return clientKey(await this.clients.of(request as unknown as HttpRequest));
  }

  /** Outside of routes there is no response. Nothing is written to it: `setHeaders` is false. */
  protected override getRequestResponse(
    context: ExecutionContext,
  ): ReturnType<ThrottlerGuard['getRequestResponse']> {
    if (isRoute(context)) return super.getRequestResponse(context);
    return { req: requestOf(context), res: {} };
  }

  protected override generateKey(_context: ExecutionContext, tracker: string): string {
    return tracker;
  }

  protected override async throwThrottlingException(
    context: ExecutionContext,
    detail: ThrottlerLimitDetail,
  ): Promise<void> {
    const client = await this.clients.of(requestOf(context));
    this.log.outcome('throttled', null, client, nameAt(context));
    throw new TooManyRequests(detail.timeToBlockExpire);
  }

  private async ownerAt(context: ExecutionContext): Promise<string | null> {
    const { realm } = await this.realms.resolve(requestOf(context));
    return ownerOf(realm);
  }
}

/**
 * Counts requests to this route against a budget of the client's address.
 * @param by `'client'`: not against the budget that all clients of an owner share. For requests that must be possible
 * even if others used that up
 */
export function Throttled(
  name: BudgetName,
  by: 'client' | 'client and owner' = 'client and owner',
): MethodDecorator {
  return applyDecorators(CountedAgainst(name, by === 'client'), UseGuards(ThrottleGuard));
}

const nameAt = (context: ExecutionContext): string => budgetNameAt(context.getHandler());
