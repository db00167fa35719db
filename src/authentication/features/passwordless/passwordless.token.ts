import type { TokenKind } from '../../core/tokens/one-time-token.entity.js';

/** 10 minutes at most (OWASP ASVS 6.5.5): anybody who can read the mailbox can sign in with it. */
export const PASSWORDLESS: TokenKind = { purpose: 'passwordless', lifetimeSeconds: 10 * 60 };
