import type { TokenKind } from './one-time-token.entity.js';

export const EMAIL_VERIFICATION: TokenKind = {
  purpose: 'email_verification',
  lifetimeSeconds: 2 * 24 * 3600,
};
