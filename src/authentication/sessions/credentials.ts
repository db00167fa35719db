import { Injectable } from '@nestjs/common';
import type { Realm } from '../core/realms/realm.js';
import type { User } from '../core/users/user.entity.js';

/** Another bearer token than a session's, and whose it is. */
export interface Credential {
  readonly kind: string;
  readonly user: User;
}

/** The seam for such tokens. A kind tells its own by their look, so that sessions keep their one statement. */
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
