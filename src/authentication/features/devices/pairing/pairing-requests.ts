import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Client } from '../../../core/clients/client.js';
import { Database } from '../../../core/database/database.js';
import { AuthenticationLog } from '../../../core/log/authentication-log.js';
import { Overloaded } from '../../../core/problems/problems.js';
import type { Realm } from '../../../core/realms/realm.js';
import { Sweeper } from '../../../core/sweeping/sweeper.js';
import { digestOf, newSecret } from '../../../core/tokens/secret.js';
import { ThrottleBudgets } from '../../../http/throttling/throttle-budgets.js';
import { PairingCodes } from './pairing-codes.js';

/** The throttle budget for pairings that a client may request. */
export const PAIRING_BUDGET = 'pairing';
const LIFETIME_SECONDS = 600;
/** Draws before giving up. While 100,000 devices wait, about one code in a thousand is taken. */
const DRAWS = 10;

export interface PairingRequest {
  readonly code: string;
  /** in clear only here: the database holds its SHA-256 */
  readonly secret: string;
  readonly expiresAt: Date;
}

/** A device that cannot sign in requests a code, which a signed-in user then types (modelled on RFC 8628). */
@Injectable()
export class PairingRequests implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly codes: PairingCodes,
    private readonly budgets: ThrottleBudgets,
    private readonly sweeper: Sweeper,
    private readonly log: AuthenticationLog,
  ) {}

  onModuleInit(): void {
    this.budgets.define(PAIRING_BUDGET, { limit: 10, seconds: 3600 });
    this.sweeper.add({ table: 'device_pairings', condition: 'expires_at <= now()' });
  }

  /** @throws Overloaded when every drawn code was taken */
  async open(name: string, realm: Realm, client: Client): Promise<PairingRequest> {
    for (let draw = 0; draw < DRAWS; draw += 1) {
      const request = await this.openWith(this.codes.draw(), name, realm, client);
      if (request === null) continue;
      this.log.outcome('pairing_requested', null, client);
      return request;
    }
    throw new Overloaded();
  }

  /** @returns null when another waiting device has this code */
  private async openWith(
    code: string,
    name: string,
    realm: Realm,
    { userAgent, ipAddress }: Client,
  ): Promise<PairingRequest | null> {
    const secret = newSecret();
    const [codeDigest] = this.codes.digestsOf(code);
    const [row] = await this.database.manager.query<{ expires_at: Date }[]>(
      `INSERT INTO authentication.device_pairings
         (realm, code_digest, token_digest, name, user_agent, ip_address, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7))
       ON CONFLICT (code_digest) DO NOTHING RETURNING expires_at`,
      [realm.id, codeDigest, digestOf(secret), name, userAgent, ipAddress, LIFETIME_SECONDS],
    );
    return row === undefined ? null : { code, secret, expiresAt: row.expires_at };
  }
}
