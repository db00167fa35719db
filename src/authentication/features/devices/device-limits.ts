import type { RowLimit } from '../../core/database/limited-rows.js';

/** The most devices and groups of a user, and tokens of a device. What was deleted, or has expired, is not counted. */
export const DEVICES: RowLimit = {
  most: 100,
  rows: 'authentication.devices WHERE user_id = $1 AND deleted_at IS NULL',
};

export const GROUPS: RowLimit = { most: 100, rows: 'authentication.device_groups WHERE user_id = $1' };

export const TOKENS: RowLimit = {
  most: 10,
  rows: 'authentication.device_tokens WHERE device_id = $1 AND expires_at > now()',
};
