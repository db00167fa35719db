import { filled, type Sentence, type Value } from '../../src/authentication/core/texts/sentence.js';
import { httpEn } from '../../src/authentication/http/http.en.js';
import { identityEn } from '../../src/authentication/identity/identity.en.js';

type Values = Readonly<Record<string, Value>>;

/** The English sentence with these values. Specs use it so that the words of a mail or page can be changed. */
export function said(sentence: Sentence, values: Values = {}): string {
  return filled(sentence, values, 'en');
}

/** Matches the whole sentence, such as a subject. A placeholder without a value matches anything. */
export function patternOf(sentence: Sentence, values: Values = {}): RegExp {
  return new RegExp(`^${sourceOf(said(sentence, values))}$`);
}

/** The source of a regular expression in which every placeholder matches anything. */
export function sourceOf(sentence: string): string {
  const parts = sentence.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return parts.join('.*');
}

/** The text that a person reads in HTML or in the text of a mail, on one line. */
export function readable(html: string): string {
  return html
    .replace(/<style>.*?<\/style>|<[^>]*>/gs, ' ')
    .replace(/&#x([\dA-F]+);/gi, (_, code: string) => String.fromCodePoint(parseInt(code, 16)))
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ');
}

/** The subjects of mails that many specs look for. */
export const VERIFICATION_MAIL = patternOf(identityEn['email_verification.mail.subject']);
export const RESET_MAIL = patternOf(identityEn['password_reset.mail.subject']);

/** The title of the page behind a link that does not work. */
export const DEAD_LINK = said(httpEn['dead_link.title']);
export const DONE_ALREADY = said(httpEn['second_press.title']);
