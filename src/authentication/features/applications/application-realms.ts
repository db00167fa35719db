import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database, type Statement } from '../../core/database/database.js';
import { AuthenticationLog } from '../../core/log/authentication-log.js';
import { Problem } from '../../core/problems/problem.js';
import { ROOT_REALM_ID, type Realm } from '../../core/realms/realm.js';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';
import { digestOf } from '../../core/tokens/secret.js';
import { RequestClients } from '../../http/client/request-clients.js';
import { RequestRealms, type RealmOfRequest, type RealmResolver } from '../../http/realm/request-realms.js';
import type { HttpRequest } from '../../http/request/http.js';
import { looksLikeApiKey } from './api-key.js';
import { API_KEY, CLIENT_ADDRESS, CLIENT_USER_AGENT, endUserOf } from './end-user.js';

const LIVE = `authentication.applications a JOIN authentication.users o
    ON o.id = a.owner_id AND o.suspended_at IS NULL AND a.expires_at > now()`;

/** The limits count all applications of one owner together. */
const REALM = 'a.id, a.name, a.owner_id::text AS owner';

const OF_KEY: Statement = {
  name: 'authentication_realm_of_api_key_2',
  text: `SELECT ${REALM} FROM authentication.api_keys k JOIN (${LIVE}) ON a.id = k.application_id
    WHERE k.digest = $1 AND (k.expires_at IS NULL OR k.expires_at > now())`,
};

const BY_ID = `SELECT ${REALM} FROM ${LIVE} WHERE a.id = $1`;

const KEY_HEADER = API_KEY.toLowerCase();

export class InvalidApiKey extends Problem {
  constructor() {
    super(401, 'invalid_api_key', 'Invalid API key', 'This API key is unknown, expired or revoked.');
  }
}

/** An application is a realm: its id is the realm of its users, and its key selects it. */
@Injectable()
export class ApplicationRealms implements RealmResolver, OnModuleInit {
  readonly headers = [API_KEY, CLIENT_ADDRESS, CLIENT_USER_AGENT].map((name) => name.toLowerCase());
  private readonly root: RealmOfRequest;

  constructor(
    private readonly database: Database,
    private readonly realms: RequestRealms,
    private readonly clients: RequestClients,
    private readonly log: AuthenticationLog,
    @Settings() { appName }: AuthenticationSettings,
  ) {
    this.root = { realm: { id: ROOT_REALM_ID, name: appName }, chosen: false };
  }

  onModuleInit(): void {
    this.realms.use(this);
  }

  /** Synchronous without a key. An empty key is refused: a backend without its key must not act in the root realm. */
  resolve(request: HttpRequest): RealmOfRequest | Promise<RealmOfRequest> {
    const key = request.headers[KEY_HEADER];
    return key === undefined ? this.root : this.ofKey(String(key), request);
  }

  async find(id: string, manager = this.database.manager): Promise<Realm | null> {
    if (id === ROOT_REALM_ID) return this.root.realm;
    const [realm = null] = await manager.query<Realm[]>(BY_ID, [id]);
    return realm;
  }

  /** @throws InvalidApiKey; InvalidBody when `X-Client-Address` is not an address */
  private async ofKey(key: string, request: HttpRequest): Promise<RealmOfRequest> {
    const peer = this.clients.peerOf(request);
    const [realm] = looksLikeApiKey(key) ? await this.database.run<Realm>(OF_KEY, [digestOf(key)]) : [];
    if (realm === undefined) {
      this.log.outcome('api_key_refused', null, peer, 'invalid_api_key');
      throw new InvalidApiKey();
    }
    return { realm, client: endUserOf(request, peer), chosen: true };
  }
}
