import { Injectable } from '@nestjs/common';
import { Database, type Statement } from '../core/database/database.js';
import { isLiveSession, limitsOf } from '../core/sessions/live-sessions.js';
import { Session } from '../core/sessions/session.entity.js';
import type { AuthenticationSettings } from '../core/settings/authentication.settings.js';
import { Settings } from '../core/settings/settings.module.js';
import { digestOf } from '../core/tokens/secret.js';
import { User } from '../core/users/user.entity.js';
import type { Caller } from './caller.js';

interface Row {
  id: string;
  user_id: string;
  token_digest: Buffer;
  user_agent: string | null;
  ip_address: string | null;
  last_active_at: Date;
  created_at: Date;
  updated_at: Date;
  renewable: boolean;
  stale: boolean;
  email: string;
  verified: boolean;
  unconfirmed_email: string | null;
  password_digest: string | null;
  user_created_at: Date;
  user_updated_at: Date;
}

/** Session and user by token, in one statement. A suspended user's sessions are refused. */
export const FIND: Statement = {
  name: 'authentication_current_session_1',
  text: `SELECT s.id, s.user_id, s.token_digest, s.user_agent, s.ip_address, s.last_active_at, s.created_at, s.updated_at,
      s.token_digest = $1 AS renewable, s.last_active_at < now() - interval '60 seconds' AS stale,
      u.email, u.verified, u.unconfirmed_email, u.password_digest,
      u.created_at AS user_created_at, u.updated_at AS user_updated_at
    FROM authentication.sessions s JOIN authentication.users u ON u.id = s.user_id
    WHERE (s.token_digest = $1 OR (s.previous_token_digest = $1 AND s.previous_token_ends_at > now()))
      AND u.realm = $2 AND u.suspended_at IS NULL AND ${isLiveSession('s', 3)}`,
};

/** At most once a minute, whoever asks at the same time. */
const TOUCH: Statement = {
  name: 'authentication_touch_session_1',
  text: `UPDATE authentication.sessions SET last_active_at = now()
    WHERE id = $1 AND last_active_at < now() - interval '60 seconds'
    RETURNING last_active_at`,
};

@Injectable()
export class CurrentSessions {
  constructor(
    private readonly database: Database,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {}

  /** The authenticated path: short, and nothing on libuv's pool (law 13). */
  async find(token: string, realm: string): Promise<Caller | null> {
    const rows = await this.database.run<Row>(FIND, [digestOf(token), realm, ...limitsOf(this.settings)]);
    const row = rows[0];
    if (row === undefined) return null;
    const session = sessionOf(row);
    if (row.stale) {
      const touched = await this.database.run<{ last_active_at: Date }>(TOUCH, [row.id]);
      session.lastActiveAt = touched[0]?.last_active_at ?? session.lastActiveAt;
    }
    return { session, user: userOf(row, realm), renewable: row.renewable };
  }
}

function sessionOf(row: Row): Session {
  const session = new Session();
  session.id = Number(row.id);
  session.userId = Number(row.user_id);
  session.tokenDigest = row.token_digest;
  session.userAgent = row.user_agent;
  session.ipAddress = row.ip_address;
  session.lastActiveAt = row.last_active_at;
  session.createdAt = row.created_at;
  session.updatedAt = row.updated_at;
  return session;
}

function userOf(row: Row, realm: string): User {
  const user = User.register(realm, row.email, row.password_digest);
  user.id = Number(row.user_id);
  user.verified = row.verified;
  user.unconfirmedEmail = row.unconfirmed_email;
  user.createdAt = row.user_created_at;
  user.updatedAt = row.user_updated_at;
  return user;
}
