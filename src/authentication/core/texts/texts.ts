import Negotiator from 'negotiator';
import { assertLocales, DEFAULT_LOCALE, type Locales } from './locales.js';
import { filled, type Catalog, type Sentence, type Text, type Value } from './sentence.js';

/** In characters. Browsers send less, and each language in the header costs time. */
const LONGEST_HEADER = 500;

/** The sentences of pages and mails, in the language of their reader. */
export class Texts {
  /** language tags (BCP 47), the default first */
  readonly locales: readonly string[];
  private readonly translations: ReadonlyMap<string, Catalog>;

  /** @throws SettingError for an invalid language tag */
  constructor(locales: Locales) {
    assertLocales(locales);
    this.locales = [...new Set([DEFAULT_LOCALE, ...Object.keys(locales)])];
    this.translations = new Map(
      Object.entries(locales).map(([tag, files]) => [tag, Object.assign({}, ...files) as Catalog]),
    );
  }

  /** @param acceptLanguage the header (RFC 9110, 12.5.4) @returns the language that fits it best */
  localeFor(acceptLanguage: string | undefined): string {
    const isUseful = acceptLanguage !== undefined && acceptLanguage.length <= LONGEST_HEADER;
    if (!isUseful || this.locales.length === 1) return DEFAULT_LOCALE;
    const negotiator = new Negotiator({ headers: { 'accept-language': acceptLanguage } });
    return negotiator.language([...this.locales]) ?? DEFAULT_LOCALE;
  }

  /** The language, or the default if it was removed: a queued mail may still name a removed language. */
  known(locale: string): string {
    return this.locales.includes(locale) ? locale : DEFAULT_LOCALE;
  }

  /** The sentences of a file in a language. A sentence without a translation is returned as it is in the file. */
  of<C extends Catalog>(file: C, locale: string): Text<C> {
    const translation = this.translations.get(locale);
    return (name, ...[values = {}]) => {
      const translated = translation === undefined ? undefined : own(translation, name);
      const given = values as Readonly<Record<string, Value>>;
      return translated === undefined
        ? filled(file[name] ?? name, given, DEFAULT_LOCALE)
        : filled(translated, given, locale);
    };
  }
}

/** Ignores the names that every object inherits, such as `constructor`. */
function own(catalog: Catalog, name: string): Sentence | undefined {
  return Object.prototype.hasOwnProperty.call(catalog, name) ? catalog[name] : undefined;
}
