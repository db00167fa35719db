import type { TokenKind } from './one-time-token.entity.js';

/** 20 minutes only: anybody who can read the mailbox in this time can take the account over. */
export const PASSWORD_RESET: TokenKind = { purpose: 'password_reset', lifetimeSeconds: 20 * 60 };
