import { domainToASCII } from 'node:url';

/** The sender of the mails: what recipients see as the name, and the address. */
export interface Sender {
  readonly name: string;
  readonly address: string;
}

const MAX_LENGTH = 320;
/** RFC 5321, 4.1.2: an atom with dots. Quoted local parts and those outside ASCII are refused by many servers. */
const LOCAL = /^[\w!#$%&'*+/=?^`{|}~.-]{1,64}$/;
const DOMAIN = /^[\p{L}\p{M}\p{N}.-]+$/u;
/** A name that holds an address: a second sender, or one that pretends to be another. */
const ADDRESS_IN_NAME = /[^\s@]@[^\s@]/;

/**
 * Reads `no-reply@acme.example` or `Acme: Support <no-reply@acme.example>`. Unlike in a header, signs such as `:`, `(`,
 * `;` and `,` belong to the name, with or without quotes around it; the header that is sent quotes them. The domain
 * becomes ASCII.
 * @returns null for anything else, such as several addresses
 */
export function senderOf(text: string): Sender | null {
  if (text.length > MAX_LENGTH || /\p{Cc}/u.test(text)) return null;
  const [, typed = '', inBrackets] = /^([^]*)<([^<>]*)>$/.exec(text.trim()) ?? [];
  const address = asciiAddress((inBrackets ?? text).trim());
  const name = nameOf(typed.trim());
  return address === null || name === null ? null : { name, address };
}

function nameOf(typed: string): string | null {
  const [, quoted] = /^"((?:[^"\\]|\\[^])*)"$/.exec(typed) ?? [];
  if (quoted !== undefined) return quoted.replace(/\\([^])/g, '$1');
  return /[<>]/.test(typed) || ADDRESS_IN_NAME.test(typed) ? null : typed;
}

function asciiAddress(text: string): string | null {
  const at = text.lastIndexOf('@');
  const [local, domain] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
  if (!LOCAL.test(local) || !DOMAIN.test(domain)) return null;
  const ascii = domainToASCII(domain);
  return /^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/.test(ascii) ? `${local}@${ascii}` : null;
}
