import type { TokenKind } from './one-time-token.entity.js';

/** Short: who reads the mailbox for these minutes owns the account. */
export const PASSWORD_RESET: TokenKind = { purpose: 'password_reset', lifetimeSeconds: 20 * 60 };
