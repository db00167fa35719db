/*
 * Mail programs make links of what looks like one: URLs, names of hosts, addresses of mail and of the network, telephone
 * numbers. A text that a stranger chose must not become a link in our mails, neither in text nor in HTML, nor in a
 * subject. A zero-width character between the parts would not help: programs, and whoever copies the text, drop it.
 */

// With the Unicode variants that programs, or IDNA, read as the same sign.
const DOTS = '.\\u2024\\u3002\\ufe52\\uff0e\\uff61';
const SLASHES = '/\\\\\\u2044\\u2215\\u29f8\\uff0f\\uff3c';
const AT = /[@\ufe6b\uff20]/gu;
/** Before anything but a space: `https:`, `mailto:`, but not "Acme: the shop". */
const COLON = /[:\u2236\ua789\ufe55\uff1a](?=\S)/gu;
/** Of what a mail program decodes in a subject (RFC 2047). */
const ENCODED_WORD = /=|\?(?=\S)/gu;
/** Invisible characters. Joiners stay between letters and signs that are not ASCII: Persian and emojis need them. */
const INVISIBLE = /(?![\u200c\u200d])\p{Cf}|(?<!\P{ASCII})[\u200c\u200d]|[\u200c\u200d](?!\P{ASCII})/gu;

const WITH_SLASH = new RegExp(`[^\\s]*[${SLASHES}][^\\s]*`, 'gu');
const ANY_SLASH = new RegExp(`[${SLASHES}]`, 'gu');
/** "24/7", "Mozilla/5.0" */
const ONE_SLASH = new RegExp(`^[^${SLASHES}]*/[\\p{L}\\p{N}][^${SLASHES}]*$`, 'u');

const LABEL = `[^\\s${DOTS}${SLASHES}()[\\]{}<>"'’“”,;!?&=#|*~^\`+%$:]`;
const WITH_DOT = new RegExp(`${LABEL}*(?:[${DOTS}]+${LABEL}+)+`, 'gu');
const ANY_DOTS = new RegExp(`[${DOTS}]+`, 'u');

/** Characters. The patterns take time that grows with the square of the length: 3 ms for this one. */
const LONGEST = 512;

/** Seven digits or more are a telephone number, whatever is between them. */
const DIGITS = 6;
const NUMBER = new RegExp(
  `(\\p{Nd}(?:[\\s()./+-]{0,3}\\p{Nd}){${DIGITS - 1}})(?:[\\s()./+-]{0,3}\\p{Nd})+`,
  'gu',
);

/** For a name that its reader must recognise, such as "Köln & Söhne 2.0": only what can make a link is removed. */
export function unlinkedName(name: string): string {
  return name
    .slice(0, LONGEST)
    .replace(INVISIBLE, ' ')
    .replace(AT, ' ')
    .replace(ENCODED_WORD, ' ')
    .replace(COLON, ' ')
    .replace(WITH_SLASH, (word) => (ONE_SLASH.test(word) ? word : word.replace(ANY_SLASH, ' ')))
    .replace(WITH_DOT, withoutHost)
    .replace(NUMBER, '$1…')
    .replace(/\s+/gu, ' ')
    .trim();
}

/** For other texts that a stranger chose, such as a user agent: nothing but words, digits and a few signs, and short. */
export function unlinked(text: string): string {
  const plain = unlinkedName(text.replace(/[^\p{L}\p{M}\p{N}_ ();,./'’-]/gu, ' '));
  return [...plain].slice(0, 120).join('');
}

/**
 * Of the addresses in a text, removes the signs that end the host of a link: `me+www.evil.example/x@example.com` reaches
 * `me@example.com` at many providers, and would be a link to evil.example.
 */
export function unlinkedAddresses(text: string): string {
  return text.replace(/\S+(?=@)/gu, (local) => local.replace(/[/\\?#&=:]/g, ' '));
}

/** A version or an abbreviation keeps its dots; a name of a host, or an address of the network, loses them. */
function withoutHost(word: string): string {
  const labels = word.split(ANY_DOTS).filter((label) => label !== '');
  if (labels.length < 2 || isAbbreviation(labels) || isVersion(labels)) return word;
  return labels.every((label) => /^\p{Nd}+$/u.test(label)) ? labels.slice(0, 2).join('.') : labels.join(' ');
}

/** "U.S.A", "S.p.A", "Ph.D", "No.1", "Node.js": no top-level domain has one character, and none is called js. */
function isAbbreviation(labels: readonly string[]): boolean {
  const isShort = (label: string): boolean => [...label].length === 1;
  const [first = '', last = ''] = labels;
  if (labels.length > 2) return labels.every(isShort);
  return !/^www/i.test(first) && (isShort(last) || /^js$/i.test(last));
}

/** "2.0", "v1.2.3"; four numbers are an IP address. */
function isVersion(labels: readonly string[]): boolean {
  return labels.length <= 3 && /^v?\p{Nd}{1,4}(?:\.\p{Nd}{1,3}){1,2}$/iu.test(labels.join('.'));
}
