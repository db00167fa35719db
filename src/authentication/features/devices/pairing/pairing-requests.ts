import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Client } from '../../../core/clients/client.js';
import { FailureCounters } from '../../../core/counters/failure-counters.js';
import { Database } from '../../../core/database/database.js';
import { AuthenticationLog } from '../../../core/log/authentication-log.js';
import { Overloaded } from '../../../core/problems/problems.js';
import { ROOT_REALM_ID, type Realm } from '../../../core/realms/realm.js';
import { Sweeper } from '../../../core/sweeping/sweeper.js';
import { digestOf, newSecret } from '../../../core/tokens/secret.js';
import { CLIENTS_OF_REALM, trackerOf } from '../../../http/throttling/throttle.guard.js';
import { PairingCodes } from './pairing-codes.js';

const BUDGET = 'pairing';
const REALM_BUDGET = 'pairing_of_realm';
const LIMIT = { limit: 10, windowSeconds: 3600 };
const LIFETIME_SECONDS = 600;
/** Codes that are drawn before giving up: of 100,000 devices that wait, a thousandth of the codes is taken. */
const DRAWS = 10;

export interface PairingRequest {
  readonly code: string;
  /** in clear here alone */
  readonly secret: string;
  readonly expiresAt: Date;
}

/** A device that cannot sign in asks for a code, which somebody who is signed in will type (after RFC 8628). */
@Injectable()
export class PairingRequests implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly codes: PairingCodes,
    private readonly failures: FailureCounters,
    private readonly sweeper: Sweeper,
    private readonly log: AuthenticationLog,
  ) {}

  onModuleInit(): void {
    this.failures.define(BUDGET, LIMIT);
    this.failures.define(REALM_BUDGET, { ...LIMIT, limit: LIMIT.limit * CLIENTS_OF_REALM });
    this.sweeper.add({ table: 'device_pairings', condition: 'expires_at <= now()' });
  }

  /** @throws TooManyRequests, Overloaded */
  async open(name: string, realm: Realm, client: Client): Promise<PairingRequest> {
    await this.log.attempt('pairing_refused', null, client, () => this.spend(realm, client));
    for (let draw = 0; draw < DRAWS; draw += 1) {
      const request = await this.openWith(this.codes.draw(), name, realm, client);
      if (request === null) continue;
      this.log.outcome('pairing_requested', null, client);
      return request;
    }
    throw new Overloaded();
  }

  /** As every route that anybody may call: per client, and per realm whose backend names its clients. */
  private async spend(realm: Realm, { ipAddress }: Client): Promise<void> {
    await this.failures.spend(BUDGET, trackerOf(realm, ipAddress));
    if (realm.id !== ROOT_REALM_ID) await this.failures.spend(REALM_BUDGET, realm.id);
  }

  /** @returns null when another device has that code */
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
