import { directionOf, type Locales } from '../../../../src/authentication/core/texts/locales.js';
import { Texts } from '../../../../src/authentication/core/texts/texts.js';
import { timeIn } from '../../../../src/authentication/core/texts/times.js';

const en = {
  greeting: 'Hello, {name}.',
  farewell: 'Goodbye.',
  codes: { one: '{count} code is left for {name}.', other: '{count} codes are left for {name}.' },
} as const;
const pl = {
  codes: {
    one: 'Został {count} kod.',
    few: 'Zostały {count} kody.',
    many: 'Zostało {count} kodów.',
    other: 'Zostało {count} kodu.',
  },
};
const de = { greeting: 'Guten Tag, {name}.' };

describe('Texts', () => {
  const texts = new Texts({ de: [{}, de], pl: [pl], 'pt-BR': [] });

  it('returns a sentence in the requested language', () => {
    expect(texts.of(en, 'de')('greeting', { name: 'Ada' })).toBe('Guten Tag, Ada.');
    expect(texts.of(en, 'en')('greeting', { name: 'Ada' })).toBe('Hello, Ada.');
  });

  it('returns it in English when the translation or the language is missing', () => {
    for (const locale of ['de', 'fr', '', 'constructor']) {
      expect(texts.of(en, locale)('farewell')).toBe('Goodbye.');
    }
  });

  it('ignores names that every object inherits', () => {
    const odd = { constructor: 'The builder.', toString: 'As text.' } as const;
    expect(texts.of(odd, 'de')('constructor')).toBe('The builder.');
    expect(texts.of({ text: '{toString} {constructor}' } as const, 'de')('text', {} as never)).toBe(
      '{toString} {constructor}',
    );
  });

  it('does not replace placeholders inside a value, which an attacker may have written', () => {
    expect(texts.of(en, 'en')('greeting', { name: '{name} $& {count}' })).toBe('Hello, {name} $& {count}.');
  });

  it('chooses the plural form by the rules of the language of the sentence', () => {
    const english = texts.of(en, 'en');
    expect(english('codes', { count: 1, name: 'Ada' })).toBe('1 code is left for Ada.');
    expect(english('codes', { count: 0, name: 'Ada' })).toBe('0 codes are left for Ada.');
    const polish = texts.of(en, 'pl');
    expect([1, 2, 5, 22].map((count) => polish('codes', { count, name: '' }))).toEqual([
      'Został 1 kod.',
      'Zostały 2 kody.',
      'Zostało 5 kodów.',
      'Zostały 22 kody.',
    ]);
    expect(texts.of(en, 'de')('codes', { count: 2, name: 'Ada' })).toBe('2 codes are left for Ada.');
  });

  it('finds the language of a request (RFC 9110, 12.5.4)', () => {
    const wanted: [header: string | undefined, locale: string][] = [
      [undefined, 'en'],
      ['', 'en'],
      ['de', 'de'],
      ['DE-at', 'de'],
      ['fr, de;q=0.5', 'de'],
      ['de;q=0.5, pl;q=0.8', 'pl'],
      ['pt', 'pt-BR'],
      ['de;q=0, *', 'en'],
      ['fr', 'en'],
      ['*', 'en'],
      ['de;q=x, ,;;=,', 'en'],
      [`${'fr,'.repeat(200)}de`, 'en'],
    ];
    for (const [header, locale] of wanted)
      expect([header, texts.localeFor(header)]).toEqual([header, locale]);
  });

  it('uses English when no other language is added', () => {
    expect(new Texts({}).localeFor('de')).toBe('en');
    expect(new Texts({}).locales).toEqual(['en']);
  });

  it('refuses languages that it cannot use, in one line', () => {
    const refused: [locales: unknown, reason: string][] = [
      [null, 'locales: takes an object, such as { de: [identityDe] }'],
      [[], 'locales: takes an object, such as { de: [identityDe] }'],
      [{ de: null }, 'locales: "de" takes a list of texts files, such as [identityDe]'],
      [{ de: { title: 'Titel' } }, 'locales: "de" takes a list of texts files, such as [identityDe]'],
      [{ de: [null] }, 'locales: "de" takes a list of texts files, such as [identityDe]'],
      [{ de: [{ title: 1 }] }, `locales: "de": title must be a text, or plural forms with 'other'`],
      [
        { de: [{ title: { one: 'x' } }] },
        `locales: "de": title must be a text, or plural forms with 'other'`,
      ],
    ];
    for (const [locales, reason] of refused) expect(() => new Texts(locales as Locales)).toThrow(reason);
    expect(() => new Texts({ de_DE: [] })).toThrow(
      `locales: "de_DE" is not a language tag, such as 'de' or 'pt-BR'`,
    );
  });

  it('knows the direction of a language', () => {
    expect(['en', 'de', 'ar', 'he', 'fa-IR', 'ur', 'zh'].map(directionOf)).toEqual([
      'ltr',
      'ltr',
      'rtl',
      'rtl',
      'rtl',
      'rtl',
      'ltr',
    ]);
  });

  it('writes a time with its zone', () => {
    expect(timeIn('en', '2026-11-27T00:05:09.000Z')).toBe('November 27, 2026 at 00:05 UTC');
    expect(timeIn('de', '2026-11-27T00:05:09.000Z')).toMatch(/^27\. November 2026.*00:05 UTC$/);
  });
});
