import { Injectable, Logger } from '@nestjs/common';
import type { Client } from '../requests/client.js';
import type { User } from '../users/user.entity.js';

/** One structured line for every outcome: who, from where, what. Never a secret, and no address of somebody unknown. */
@Injectable()
export class AuthenticationLog {
  private readonly logger = new Logger('Authentication');

  outcome(event: string, user: Pick<User, 'id'> | null, client: Client): void {
    this.logger.log({
      event,
      user_id: user?.id ?? null,
      ip_address: client.ipAddress,
      user_agent: client.userAgent,
    });
  }
}
