import { Inject, Injectable } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import type { AskedRealm } from '../../core/realms/realm.js';
import { Realms, type RealmSource } from '../../core/realms/realms.js';
import type { HttpRequest } from '../request/http.js';

/** Who asks on whose behalf: the realm of a request, and the end user's client where a backend may name it. */
export interface RealmOfRequest extends AskedRealm {
  readonly client?: Client;
}

/** The seam for other realms than the root. */
export interface RealmResolver extends RealmSource {
  /** @throws Problem for a request that names a realm it may not use */
  resolve(request: HttpRequest): RealmOfRequest | Promise<RealmOfRequest>;
}

/** For the host's own resolver, `forRoot({ realms })`; null without one. */
export const OWN_REALM_RESOLVER = Symbol('own realm resolver');

const RESOLVED = Symbol('realm of the request');

interface ResolvedRequest extends HttpRequest {
  [RESOLVED]?: RealmOfRequest | Promise<RealmOfRequest>;
}

/** Answers which realm a request belongs to: the root, unless a feature or the host knows better. */
@Injectable()
export class RequestRealms {
  private readonly root: RealmOfRequest;
  private resolver: RealmResolver | null;

  constructor(
    private readonly realms: Realms,
    @Inject(OWN_REALM_RESOLVER) private readonly own: RealmResolver | null,
  ) {
    this.root = { realm: realms.root, chosen: false };
    this.resolver = own;
    if (own !== null) realms.use(own);
  }

  /** For features. @throws Error where the host has a resolver of its own */
  use(resolver: RealmResolver): void {
    if (this.own !== null) throw new Error('forRoot({ realms }) and a feature both resolve realms: take one');
    this.resolver = resolver;
    this.realms.use(resolver);
  }

  /** Once per request: guards, throttles and parameters get the first answer again. */
  resolve(request: ResolvedRequest): RealmOfRequest | Promise<RealmOfRequest> {
    if (this.resolver === null) return this.root;
    const known = request[RESOLVED];
    if (known !== undefined) return known;
    const answer = this.resolver.resolve(request);
    request[RESOLVED] = answer;
    return answer;
  }
}
