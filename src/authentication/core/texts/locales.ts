import { SettingError } from '../settings/environment.js';
import type { Catalog } from './sentence.js';

/** The language of the `*.en.ts` files. Change it if you rewrite them in another language. */
export const DEFAULT_LOCALE = 'en';

/** The files of each further language, under its tag (BCP 47), such as 'de' or 'pt-BR'. */
export type Locales = Readonly<Record<string, readonly Catalog[]>>;

const RIGHT_TO_LEFT = ['Arab', 'Hebr', 'Syrc', 'Thaa', 'Nkoo', 'Adlm'];

/** For the attribute `dir` of a page. */
export function directionOf(locale: string): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.includes(new Intl.Locale(locale).maximize().script ?? '') ? 'rtl' : 'ltr';
}

/** @throws SettingError for a tag that is not one: it would fail later, in the middle of a mail */
export function assertLocale(tag: string): void {
  try {
    new Intl.Locale(tag);
  } catch {
    throw new SettingError(`locales: ${JSON.stringify(tag)} is not a language tag, such as 'de' or 'pt-BR'`);
  }
}
