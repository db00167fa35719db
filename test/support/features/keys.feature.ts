import { Controller, Get, Injectable, Module, UseGuards, type OnModuleInit } from '@nestjs/common';
import { Database } from '../../../src/authentication/core/database/database.js';
import type { Realm } from '../../../src/authentication/core/realms/realm.js';
import { User } from '../../../src/authentication/core/users/user.entity.js';
import {
  AuthenticationGuard,
  CurrentSession,
  CurrentUser,
  SessionOnly,
} from '../../../src/authentication/sessions/authentication.guard.js';
import type { Caller } from '../../../src/authentication/sessions/caller.js';
import {
  CredentialKinds,
  type Credential,
  type CredentialKind,
} from '../../../src/authentication/sessions/credentials.js';

/** Another kind of bearer token than a session's: `key_` and the user's id. A real one would be a secret. */
@Injectable()
class Keys implements CredentialKind, OnModuleInit {
  constructor(
    private readonly kinds: CredentialKinds,
    private readonly database: Database,
  ) {}

  onModuleInit(): void {
    this.kinds.add(this);
  }

  recognises(token: string): boolean {
    return token.startsWith('key_');
  }

  async authenticate(token: string, realm: Realm): Promise<Credential | null> {
    const user = await this.database.manager.findOneBy(User, { id: Number(token.slice(4)), realm: realm.id });
    return user === null ? null : { kind: 'key', user };
  }
}

@Module({ providers: [Keys] })
export class KeysFeature {}

/** Routes of the host, protected by the guard. */
@Controller('things')
@UseGuards(AuthenticationGuard)
class ThingsController {
  @Get()
  list(@CurrentUser() user: User): { owner: number } {
    return { owner: user.id };
  }

  @Get('private')
  @SessionOnly()
  show(@CurrentSession() { session }: Caller): { session: number } {
    return { session: session.id };
  }
}

@Module({ controllers: [ThingsController] })
export class ThingsModule {}
