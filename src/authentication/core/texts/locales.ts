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

/** @throws SettingError for an invalid language tag, which would otherwise fail while a mail is written */
export function assertLocale(tag: string): void {
  try {
    new Intl.Locale(tag);
  } catch {
    throw new SettingError(`locales: ${JSON.stringify(tag)} is not a language tag, such as 'de' or 'pt-BR'`);
  }
}
