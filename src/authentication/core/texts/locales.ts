import { SettingError } from '../settings/environment.js';
import type { Catalog } from './sentence.js';

/** The language of the `*.en.ts` files. Change it if you rewrite them in another language. */
export const DEFAULT_LOCALE = 'en';

/** The text files of each further language, by its tag (BCP 47), such as 'de' or 'pt-BR'. */
export type Locales = Readonly<Record<string, readonly Catalog[]>>;

const RIGHT_TO_LEFT = ['Arab', 'Hebr', 'Syrc', 'Thaa', 'Nkoo', 'Adlm'];

/** For the attribute `dir` of a page. */
export function directionOf(locale: string): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.includes(new Intl.Locale(locale).maximize().script ?? '') ? 'rtl' : 'ltr';
}

/** @throws SettingError for languages that JavaScript, or a cast, let through: they would fail later, in a mail */
export function assertLocales(locales: Locales): void {
  if (!isObject(locales)) throw new SettingError('locales: takes an object, such as { de: [identityDe] }');
  for (const [tag, files] of Object.entries<unknown>(locales)) {
    const name = JSON.stringify(tag);
    if (!isTag(tag)) {
      throw new SettingError(`locales: ${name} is not a language tag, such as 'de' or 'pt-BR'`);
    }
    if (!Array.isArray(files) || !files.every(isObject)) {
      throw new SettingError(`locales: ${name} takes a list of texts files, such as [identityDe]`);
    }
    const wrong = files.flatMap((file) => Object.entries(file)).find(([, sentence]) => !isSentence(sentence));
    if (wrong === undefined) continue;
    throw new SettingError(`locales: ${name}: ${wrong[0]} must be a text, or plural forms with 'other'`);
  }
}

function isTag(tag: string): boolean {
  try {
    return new Intl.Locale(tag).toString() !== '';
  } catch {
    return false;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSentence(value: unknown): boolean {
  if (typeof value === 'string') return true;
  return (
    isObject(value) && 'other' in value && Object.values(value).every((form) => typeof form === 'string')
  );
}
