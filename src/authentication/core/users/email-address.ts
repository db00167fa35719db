import { domainToASCII } from 'node:url';
import { isEmail } from 'class-validator';
import { normalized } from '../unicode/bounded.js';

const MAX_LENGTH = 254;
const MAX_LOCAL = 64;
const RULES = { allow_utf8_local_part: false, require_tld: true, allow_ip_domain: false };
/** In UTF-16 units, before it is folded: the letters of a domain may be decomposed. */
const MAX_TYPED = 2 * MAX_LENGTH;

/** Checked before `domainToASCII`, which would drop line breaks, a path and a query, and decode percent signs. */
const DOMAIN = /^[\p{L}\p{M}\p{N}.-]+$/u;

/**
 * Brings an email address into its one form: trimmed, lower-cased, with compatibility forms folded (full-width letters,
 * the Kelvin sign) and the domain in ASCII. Letters that only look the same, such as a dotless i, are refused: a reset
 * for one address must never reach the owner of another.
 *
 * Dots may stand anywhere in the local part, as in `a..b@docomo.ne.jp`: large carriers have given out such addresses. In
 * SMTP they are quoted (RFC 5321, 4.1.2), which nodemailer does.
 * @returns null for a text that is not an address, has a quoted local part or over 254 characters (RFC 5321, 4.5.3.1)
 */
export function canonicalEmail(text: string): string | null {
  const trimmed = text.trim();
  if (trimmed.length > MAX_TYPED) return null;
  const folded = normalized(trimmed, MAX_LENGTH, 'NFKC')?.toLowerCase() ?? '';
  const at = folded.lastIndexOf('@');
  if (at < 1 || folded.length > MAX_LENGTH) return null;
  const domain = folded.slice(at + 1);
  if (!DOMAIN.test(domain)) return null;
  const local = folded.slice(0, at);
  const address = `${local}@${domainToASCII(domain)}`;
  const valid = isEmail(`${withPlainDots(local)}@${domainToASCII(domain)}`, RULES);
  return valid && local.length <= MAX_LOCAL && !local.includes('"') && address.length <= MAX_LENGTH
    ? address
    : null;
}

/** The same with dots where the RFC has them, for the check of everything else. */
function withPlainDots(local: string): string {
  return local.replace(/\.+/g, '.').replace(/^\.|\.$/g, '');
}
