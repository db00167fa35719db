import { Injectable } from '@nestjs/common';
import type { Realm } from '../core/realms/realm.js';
import type { User } from '../core/users/user.entity.js';

/** An accepted bearer token that is not a session's, and its user. */
export interface Credential {
  readonly kind: string;
  readonly user: User;
}

/** A kind of such tokens. It recognises them by their form, so that a session's token costs no further statement. */
export interface CredentialKind {
  recognises(token: string): boolean;
  authenticate(token: string, realm: Realm): Promise<Credential | null>;
}

@Injectable()
export class CredentialKinds {
  private readonly kinds: CredentialKind[] = [];

  add(kind: CredentialKind): void {
    this.kinds.push(kind);
  }

  of(token: string): CredentialKind | undefined {
    return this.kinds.find((kind) => kind.recognises(token));
  }
}
