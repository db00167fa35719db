import type { AttackStart } from '../../core/events/attack-start.js';
import type { Device } from './device.js';

/** SQL condition for the notices `n` of sessions that began since an attack did; `$2` is its `attackStartValue`. */
export const noticedSince = (since: AttackStart): string =>
  'session' in since ? 'n.session_id >= $2' : 'n.created_at >= $2';

export interface NoticeRow {
  session_id: string | null;
  sent_to: string;
  created_at: Date;
  first_seen_at: Date;
  password_changed: boolean;
  family: string;
  network: string;
}

export interface NoticeRequest {
  readonly userId: number;
  readonly address: string;
  readonly sessionId: number | null;
  readonly device: Device;
}

export interface ConsumedNotice {
  /** its first and its later sessions are the attacker's; null in a notice of an older version */
  readonly sessionId: number | null;
  readonly sentTo: string;
  readonly createdAt: Date;
  /** when the device was used for the first time */
  readonly firstSeenAt: Date;
  /** since the reported sign-in, and not by a reset */
  readonly passwordChanged: boolean;
  readonly device: Pick<Device, 'family' | 'network'>;
}
