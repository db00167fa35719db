import { applyDecorators, Inject, Injectable, UseGuards, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ThrottlerGuard, type ThrottlerLimitDetail, type ThrottlerRequest } from '@nestjs/throttler';
import { subscriberNetworkOf } from '../../core/clients/address.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import { TooManyRequests } from '../../core/problems/problems.js';
import { ROOT_REALM_ID, type Realm } from '../../core/realms/realm.js';
import { RequestClients } from '../client/request-clients.js';
import { RequestRealms } from '../realm/request-realms.js';
import type { HttpRequest } from '../request/http.js';
import { budgetNameAt, CountedAgainst, ThrottleBudgets, type BudgetName } from './throttle-budgets.js';
import { ThrottleStorage } from './throttle-storage.js';

/**
 * A realm other than the root has a limit for all its clients together: so many times the budget of one client. Its
 * backend names the addresses of its clients, and could name a new one for each request.
 */
const CLIENTS_OF_REALM = 20;

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
      limit: (context: ExecutionContext) => budgets.of(nameAt(context)).limit,
      ttl: (context: ExecutionContext) => budgets.of(nameAt(context)).seconds * 1000,
    };
    super({ throttlers: [throttler], setHeaders: false }, storage, reflector);
  }

  /** Counts the client first: a request that is refused must not use up the budget of the whole realm. */
  protected override async handleRequest(counted: ThrottlerRequest): Promise<boolean> {
    const name = nameAt(counted.context);
    await super.handleRequest({ ...counted, throttler: { ...counted.throttler, name } });
    const { realm } = await this.realms.resolve(counted.context.switchToHttp().getRequest<HttpRequest>());
    if (realm.id === ROOT_REALM_ID) return true;
    return super.handleRequest({
      ...counted,
      limit: counted.limit * CLIENTS_OF_REALM,
      throttler: { ...counted.throttler, name: `${name}_of_realm` },
      getTracker: () => realm.id,
    });
  }

  protected override async getTracker(request: Record<string, unknown>): Promise<string> {
    const { ipAddress } = await this.clients.of(request as unknown as HttpRequest);
    const { realm } = await this.realms.resolve(request as unknown as HttpRequest);
    return trackerOf(realm, ipAddress);
  }

  protected override generateKey(_context: ExecutionContext, tracker: string): string {
    return tracker;
  }

  protected override async throwThrottlingException(
    context: ExecutionContext,
    detail: ThrottlerLimitDetail,
  ): Promise<void> {
    const client = await this.clients.of(context.switchToHttp().getRequest<HttpRequest>());
    this.log.outcome('throttled', null, client, nameAt(context));
    throw new TooManyRequests(detail.timeToBlockExpire);
  }
}

/** Counts requests to this route against a budget of the client's address. */
export function Throttled(name: BudgetName): MethodDecorator {
  return applyDecorators(CountedAgainst(name), UseGuards(ThrottleGuard));
}

/** The key to count by: the client's network, and the realm unless it is the root. */
function trackerOf({ id }: Realm, ipAddress: string | null): string {
  const network = ipAddress === null ? 'unknown' : subscriberNetworkOf(ipAddress);
  return id === ROOT_REALM_ID ? network : `${id} ${network}`;
}

const nameAt = (context: ExecutionContext): string => budgetNameAt(context.getHandler());
