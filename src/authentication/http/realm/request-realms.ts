import { Inject, Injectable } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import type { AskedRealm } from '../../core/realms/realm.js';
import { Realms, type RealmSource } from '../../core/realms/realms.js';
import { refuseRepeated } from '../request/header-lines.js';
import type { HttpRequest } from '../request/http.js';

/** The realm of a request. `client` is the end user's, if a backend that may name it sent the request. */
export interface RealmOfRequest extends AskedRealm {
  readonly client?: Client;
}

/** Implement it to have other realms than the root realm. */
export interface RealmResolver extends RealmSource {
  /** the headers that it reads, in lower case; a request that has one of them in two lines is refused */
  readonly headers?: readonly string[];
  /** @throws Problem for a request that names a realm it may not use */
  resolve(request: HttpRequest): RealmOfRequest | Promise<RealmOfRequest>;
}

/** Token of the host's own resolver, `forRoot({ realms })`; provides null without one. */
export const OWN_REALM_RESOLVER = Symbol('own realm resolver');

const RESOLVED = Symbol('realm of the request');

interface ResolvedRequest extends HttpRequest {
  [RESOLVED]?: RealmOfRequest | Promise<RealmOfRequest>;
}

/** Finds the realm of a request: the root realm, unless a feature or the host has a resolver. */
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

  /** Sets the resolver of a feature. @throws Error if the host has its own resolver */
  use(resolver: RealmResolver): void {
    if (this.own !== null)
      throw new Error('forRoot({ realms }) cannot be combined with a feature that resolves realms');
    this.resolver = resolver;
    this.realms.use(resolver);
  }

  /** Resolves once per request; guards, throttles and parameters share the result. */
  resolve(request: ResolvedRequest): RealmOfRequest | Promise<RealmOfRequest> {
    if (this.resolver === null) return this.root;
    const known = request[RESOLVED];
    if (known !== undefined) return known;
    refuseRepeated(request, this.resolver.headers ?? []);
    const answer = this.resolver.resolve(request);
    request[RESOLVED] = answer;
    return answer;
  }
}
