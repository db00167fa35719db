import type { TokenKind } from '../../core/tokens/one-time-token.entity.js';

/** Short: who reads the mailbox for these minutes is signed in (OWASP ASVS 6.5.5). */
export const PASSWORDLESS: TokenKind = { purpose: 'passwordless', lifetimeSeconds: 10 * 60 };
