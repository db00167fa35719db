import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AuthenticationSettings } from '../settings/authentication.settings.js';
import { Settings } from '../settings/settings.module.js';
import type { Client } from '../../http/client/clients.js';
import type { HttpRequest } from '../../http/request/http.js';
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
  /**
   * Null: there is no such realm any more, and what was issued in it is dead.
   * @param manager of the caller's transaction, when it is in one
   */
  find(id: string, manager?: EntityManager): Promise<Realm | null>;
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
  private readonly resolving = new WeakMap<HttpRequest, Promise<RealmOfRequest>>();
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

  find(id: string, manager?: EntityManager): Promise<Realm | null> {
    return this.resolver.find(id, manager);
  }

  /** Throttle, guard and controller ask for the same request: a resolver that queries is asked once. */
  private remembered(request: HttpRequest): RealmOfRequest | Promise<RealmOfRequest> {
    const known = this.resolving.get(request);
    if (known !== undefined) return known;
    const answer = this.resolver.resolve(request);
    if (answer instanceof Promise) this.resolving.set(request, answer);
    return answer;
  }
}
