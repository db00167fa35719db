import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Client } from '../clients/client.js';
import { METRICS, type AuthenticationMetrics } from '../metrics/authentication-metrics.js';
import { Problem } from '../problems/problem.js';
import type { User } from '../users/user.entity.js';

/** Writes one structured line for every outcome: event, user, client, trace. It never holds a secret or an email address. */
@Injectable()
export class AuthenticationLog {
  private readonly logger = new Logger('Authentication');

  constructor(@Inject(METRICS) private readonly metrics: AuthenticationMetrics) {}

  /** @param reason the code of the problem that was answered */
  outcome(event: string, user: Pick<User, 'id'> | null, client: Client, reason?: string): void {
    this.logger.log({
      event,
      ...(reason === undefined ? {} : { reason }),
      user_id: user?.id ?? null,
      ip_address: client.ipAddress,
      user_agent: client.userAgent,
      ...client.trace,
    });
    this.metrics.outcome?.(event, reason ?? null);
  }

  /** Runs an attempt, and logs it when it ends in a `Problem`. */
  async attempt<T>(
    event: string,
    user: Pick<User, 'id'> | null,
    client: Client,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Problem) this.outcome(event, user, client, error.code);
      throw error;
    }
  }
}
