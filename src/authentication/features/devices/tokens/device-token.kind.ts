import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database, type Statement } from '../../../core/database/database.js';
import { EntityColumns, namedStatement } from '../../../core/database/entity-columns.js';
import type { Realm } from '../../../core/realms/realm.js';
import { digestOf, newSecret } from '../../../core/tokens/secret.js';
import { User } from '../../../core/users/user.entity.js';
import { CredentialKinds, type Credential, type CredentialKind } from '../../../sessions/credentials.js';

const KIND = 'device';
/** A prefix that secret scanners can look for. */
const PREFIX = 'dev_';
/** One session token in 16 million begins with the prefix, but session tokens are shorter. */
const DEVICE_TOKEN = /^dev_[\w-]{43}$/;

export interface DeviceCredential extends Credential {
  readonly deviceId: number;
}

/** Finds device and user by token, in one statement. */
const findBy = (user: EntityColumns<User>): Statement =>
  namedStatement(
    'device_token',
    `SELECT ${user.list}, d.id AS device_id,
      coalesce(d.last_seen_at < now() - interval '60 seconds', true) AS stale
    FROM authentication.device_tokens t
    JOIN authentication.devices d ON d.id = t.device_id
    JOIN authentication.users u ON u.id = d.user_id
    WHERE t.digest = $1 AND t.expires_at > now() AND d.deleted_at IS NULL
      AND u.realm = $2 AND u.suspended_at IS NULL`,
  );

/** Writes at most once a minute, also when several requests come at the same time. */
const TOUCH: Statement = {
  name: 'authentication_touch_device_1',
  text: `UPDATE authentication.devices SET last_seen_at = now()
    WHERE id = $1 AND coalesce(last_seen_at < now() - interval '60 seconds', true)`,
};

/** The bearer tokens of devices. Runs on every request with one: keep it short, and off libuv's thread pool. */
@Injectable()
export class DeviceTokenKind implements CredentialKind, OnModuleInit {
  private readonly user: EntityColumns<User>;
  private readonly statement: Statement;

  constructor(
    private readonly kinds: CredentialKinds,
    private readonly database: Database,
  ) {
    this.user = new EntityColumns(database.dataSource, User, 'u');
    this.statement = findBy(this.user);
  }

  onModuleInit(): void {
    this.kinds.add(this);
  }

  recognises(token: string): boolean {
    return DEVICE_TOKEN.test(token);
  }

  async authenticate(token: string, realm: Realm): Promise<DeviceCredential | null> {
    const [row] = await this.database.values(this.statement, [digestOf(token), realm.id]);
    if (row === undefined) return null;
    const [deviceId, stale] = row.slice(this.user.count) as [string, boolean];
    if (stale) await this.database.run(TOUCH, [deviceId]);
    return { kind: KIND, user: this.user.read(row, 0), deviceId: Number(deviceId) };
  }
}

export function newDeviceToken(): string {
  return `${PREFIX}${newSecret()}`;
}

export function isDeviceCredential(credential: Credential): credential is DeviceCredential {
  return credential.kind === KIND;
}
