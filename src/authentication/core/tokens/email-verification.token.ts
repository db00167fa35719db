import type { TokenKind } from './one-time-token.entity.js';

export const EMAIL_VERIFICATION: TokenKind = {
  purpose: 'email_verification',
  lifetimeSeconds: 2 * 24 * 3600,
};

/** A verification link that was used. It verifies nothing, but a second press of its button gets the same answer. */
export const EMAIL_VERIFIED: TokenKind = { ...EMAIL_VERIFICATION, purpose: 'email_verified' };
