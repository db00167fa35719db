import { Injectable, Module, type OnModuleInit } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { Problem } from '../../../src/authentication/core/problems/problem.js';
import { ROOT_REALM_ID, type Realm } from '../../../src/authentication/core/realms/realm.js';
import { addProblem } from '../../../src/authentication/http/openapi/document.js';
import {
  RequestRealms,
  type RealmOfRequest,
  type RealmResolver,
} from '../../../src/authentication/http/realm/request-realms.js';
import type { HttpRequest } from '../../../src/authentication/http/request/http.js';

// The header X-Realm chooses the realm.

const REALMS: readonly Realm[] = [
  { id: ROOT_REALM_ID, name: 'Acme' },
  { id: '10000000-0000-4000-8000-000000000001', name: 'Red' },
  { id: '20000000-0000-4000-8000-000000000002', name: 'Blue' },
];

@Injectable()
export class HeaderRealms implements RealmResolver, OnModuleInit {
  readonly gone = new Set<string>();

  constructor(private readonly realms: RequestRealms) {}

  onModuleInit(): void {
    this.realms.use(this);
  }

  resolve({ headers }: HttpRequest): RealmOfRequest {
    const wanted = headers['x-realm'];
    const realm = REALMS.find(({ name }) => name === (wanted ?? 'Acme'));
    if (realm === undefined)
      throw new Problem(401, 'unknown_realm', 'Unknown realm', 'There is no such realm.');
    return { realm, chosen: wanted !== undefined };
  }

  find(id: string): Promise<Realm | null> {
    const known = REALMS.filter(({ name }) => !this.gone.has(name));
    return Promise.resolve(known.find((realm) => realm.id === id) ?? null);
  }
}

@Module({ providers: [HeaderRealms] })
export class RealmsFeature {
  static describe(document: OpenAPIObject): void {
    addProblem(document, 'all', 401, 'unknown_realm');
  }
}
