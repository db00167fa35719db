import {
  applyDecorators,
  Inject,
  Injectable,
  SetMetadata,
  UseGuards,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ThrottlerGuard, type ThrottlerLimitDetail, type ThrottlerRequest } from '@nestjs/throttler';
import { subscriberNetworkOf } from '../../core/clients/address.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import { TooManyRequests } from '../../core/problems/problems.js';
import { ROOT_REALM_ID, type Realm } from '../../core/realms/realm.js';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';
import { Clients } from '../client/clients.js';
import { RequestRealms } from '../realm/request-realms.js';
import type { HttpRequest } from '../request/http.js';
import { ThrottleStorage } from './throttle-storage.js';

const BUDGET = Symbol('throttle budget');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Requests per client address (IPv6 by /64) in a realm, one budget over all routes that share it. */
const BUDGETS = {
  sign_in: { limit: 30, ttl: MINUTE },
  sign_up: { limit: 20, ttl: HOUR },
  mail: { limit: 30, ttl: HOUR },
  token: { limit: 30, ttl: MINUTE },
};

/**
 * What a realm other than the root gets as a whole, in budgets of one client: its backend names the clients, so their
 * addresses alone would hold it to nothing.
 */
export const CLIENTS_OF_REALM = 20;

export type ThrottleBudget = keyof typeof BUDGETS;

/** The package's guard over our own storage: its module is global, and would override the host's limits. */
@Injectable()
export class ThrottleGuard extends ThrottlerGuard {
  constructor(
    @Settings() { throttleFactor }: AuthenticationSettings,
    // Named, or the parent's own token for its storage would be asked for.
    @Inject(ThrottleStorage) storage: ThrottleStorage,
    reflector: Reflector,
    private readonly clients: Clients,
    private readonly realms: RequestRealms,
    private readonly log: AuthenticationLog,
  ) {
    const throttlers = Object.entries(BUDGETS).map(([name, { limit, ttl }]) => ({
      name,
      ttl,
      limit: Math.max(1, Math.ceil(limit * throttleFactor)),
      skipIf: (context: ExecutionContext) => reflector.get<string>(BUDGET, context.getHandler()) !== name,
    }));
    super({ throttlers, setHeaders: false }, storage, reflector);
  }

  /** The client first: one that is refused must not use up what all clients of its realm share. */
  protected override async handleRequest(counted: ThrottlerRequest): Promise<boolean> {
    await super.handleRequest(counted);
    const { realm } = await this.realms.resolve(counted.context.switchToHttp().getRequest<HttpRequest>());
    if (realm.id === ROOT_REALM_ID) return true;
    return super.handleRequest({
      ...counted,
      limit: counted.limit * CLIENTS_OF_REALM,
      throttler: { ...counted.throttler, name: `${counted.throttler.name ?? ''}_of_realm` },
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
    this.log.outcome('throttled', null, client, this.reflector.get<string>(BUDGET, context.getHandler()));
    throw new TooManyRequests(detail.timeToBlockExpire);
  }
}

/** Counts requests to this route against a budget of the client's address. */
export function Throttled(budget: ThrottleBudget): MethodDecorator {
  return applyDecorators(SetMetadata(BUDGET, budget), UseGuards(ThrottleGuard));
}

/** Who is counted: the client's network, apart in every realm. */
export function trackerOf({ id }: Realm, ipAddress: string | null): string {
  const network = ipAddress === null ? 'unknown' : subscriberNetworkOf(ipAddress);
  return id === ROOT_REALM_ID ? network : `${id} ${network}`;
}
