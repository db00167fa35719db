import fc from 'fast-check';

const KIB = 1024;

/** Marks of three classes in an order that normalising must change: it takes time that grows with the square. */
const MARKS = '\u0345'.repeat(5000) + '\u0301'.repeat(5000) + '\u0316'.repeat(5000);

/** Texts that have broken other servers. Long ones come near to 64 KiB as JSON. */
export const HOSTILE_TEXTS: Readonly<Record<string, string>> = {
  marks: MARKS + MARKS,
  'marks in a domain': `a@${MARKS}.example`,
  'marks after a letter': `e${MARKS}@example.com`,
  'ligatures that become 18 letters': '\ufdfa'.repeat(20 * KIB),
  letters: 'x'.repeat(60 * KIB),
  'a long local part': `${'a.'.repeat(30 * KIB)}@example.com`,
  'a long domain': `a@${'a.'.repeat(30 * KIB)}com`,
  ats: '@'.repeat(60 * KIB),
  dots: '.'.repeat(60 * KIB),
  digits: '1'.repeat(60 * KIB),
  dashes: '-'.repeat(60 * KIB),
  spaces: `a${' '.repeat(60 * KIB)}a`,
  tabs: `a${'\t'.repeat(25 * KIB)}a`,
  'invisible characters': `a${'\u200b'.repeat(20 * KIB)}a`,
  emoji: '😀'.repeat(15 * KIB),
  'a NUL': 'a\0b',
  'a lone surrogate': 'a\ud800b',
  'the other lone surrogate': '\udfff',
  'line breaks': 'a\r\nSet-Cookie: a=b\r\n\r\nb',
  'a change of direction': '\u202egnp.exe\u2066\u200b',
  'a prototype': '__proto__',
  'a constructor': 'constructor',
  'a method': 'toString',
  SQL: `'; DROP TABLE users; --`,
  'a wildcard of SQL': '%_%',
  'a JSON object': '{"$ne":null}',
  'a template': '{{constructor.constructor("return process")()}}',
  markup: '<script>alert(1)</script>"\'>',
  'a path': '../../../../etc/passwd%00',
  'no time': 'infinity',
  'the beginning of time': '-infinity',
  now: 'now',
  'the year 0': '0000-01-01',
  'the year 300000': '+300000-01-01T00:00:00Z',
  'the year 10000': '10000-01-01T00:00:00Z',
  'an offset out of range': '2100-01-01T00:00:00+23:59',
  'a day that is not there': '2100-02-30',
  'a leap second': '2100-12-31T23:59:60Z',
  'a number of 30 digits': '9'.repeat(30),
  'beyond bigint': '9223372036854775808',
  'beyond whole numbers': '9007199254740993',
  'a power': '1e3',
  hexadecimal: '0x10',
  negative: '-1',
  'a fraction': '1.5',
  'not a number': 'NaN',
  'Arabic digits': '١٢٣',
  blank: ' ',
};

/** Values of other types than a text, as JSON: an object literal cannot have a field `__proto__`. */
export const HOSTILE_JSON: readonly string[] = [
  '{"constructor":1}',
  '{"constructor":{"prototype":{"x":1}}}',
  '{"__proto__":{"x":1}}',
  '{"toString":1,"valueOf":1}',
  '{"then":1}',
  '{"toJSON":1}',
  '{"hasOwnProperty":1}',
  '{"length":1000000000}',
  '{}',
  '[]',
  '[{"constructor":1}]',
  '["text"]',
  '1',
  '-1',
  '0',
  '0.5',
  '1e308',
  '123456789012345678901234567890',
  'true',
  'false',
  'null',
  '[["a"]]',
  `${'['.repeat(1000)}${']'.repeat(1000)}`,
  `${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`,
  `[${'1,'.repeat(20 * KIB)}1]`,
  `{${Array.from({ length: 5000 }, (_, index) => `"k${index}":1`).join(',')}}`,
];

/** Any value of JSON, as text. */
export const anyJson: fc.Arbitrary<string> = fc.oneof(
  fc.json({ maxDepth: 4, stringUnit: 'binary' }),
  fc.string({ unit: 'binary', maxLength: 300 }).map((text) => JSON.stringify(text)),
  fc.constantFrom(...HOSTILE_JSON),
  fc
    .tuple(fc.constantFrom(...Object.values(HOSTILE_TEXTS)), fc.string({ unit: 'binary', maxLength: 20 }))
    .map(([text, more]) => JSON.stringify(text.slice(0, 200) + more)),
);

/** Texts of some characters that a person may have in a name: decomposed, from right to left, invisible, or like code. */
export const oddName: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.constantFrom('e\u0301', '\u1e69\u0323', '한', '\u202e', '\u200d', '👩‍👩‍👧', ' ', '\u00a0', "'; --"),
      fc.constantFrom('{{x}}', '<b>', '%00', '\\', '"', '$1', '__proto__', '{"a":1}', 'null', '0'),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((parts) => parts.join(''));
