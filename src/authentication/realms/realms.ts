import { Injectable } from '@nestjs/common';
import type { AuthenticationSettings } from '../settings/authentication.settings.js';
import { Settings } from '../settings/settings.module.js';
import type { Client } from '../requests/client.js';
import type { HttpRequest } from '../requests/http.js';
import { ROOT_REALM_ID, type Realm } from './realm.js';

/** Who asks on whose behalf: the realm of a request, and the end user's client where a backend may name it. */
export interface RealmOfRequest {
  realm: Realm;
  client?: Client;
  /** whether the request chose this realm itself; a mailed token selects its own when it did not */
  chosen: boolean;
}

/** The seam for other realms than the root. */
export interface RealmResolver {
  /** @throws Problem for a request that names a realm it may not use */
  resolve(request: HttpRequest): RealmOfRequest | Promise<RealmOfRequest>;
  /** null: there is no such realm any more */
  find(id: string): Promise<Realm | null>;
}

class RootRealm implements RealmResolver {
  private readonly answer: RealmOfRequest;

  constructor(name: string) {
    this.answer = { realm: { id: ROOT_REALM_ID, name }, chosen: false };
  }

  resolve(): RealmOfRequest {
    return this.answer;
  }

  find(id: string): Promise<Realm | null> {
    return Promise.resolve(id === ROOT_REALM_ID ? this.answer.realm : null);
  }
}

/** Answers which realm a request belongs to; the root, unless a feature knows better. */
@Injectable()
export class Realms implements RealmResolver {
  private resolver: RealmResolver;
  private readonly resolved = new WeakMap<HttpRequest, RealmOfRequest>();
  private replaced = false;

  constructor(@Settings() settings: AuthenticationSettings) {
    this.resolver = new RootRealm(settings.appName);
  }

  use(resolver: RealmResolver): void {
    this.resolver = resolver;
    this.replaced = true;
  }

  resolve(request: HttpRequest): RealmOfRequest | Promise<RealmOfRequest> {
    return this.replaced ? this.remembered(request) : this.resolver.resolve(request);
  }

  find(id: string): Promise<Realm | null> {
    return this.resolver.find(id);
  }

  /** Throttle, guard and controller ask for the same request: a resolver that queries is asked once. */
  private async remembered(request: HttpRequest): Promise<RealmOfRequest> {
    const known = this.resolved.get(request);
    if (known !== undefined) return known;
    const answer = await this.resolver.resolve(request);
    this.resolved.set(request, answer);
    return answer;
  }
}
