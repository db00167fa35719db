import fc from 'fast-check';
import { isWithin, normalized } from '../../../../src/authentication/core/unicode/bounded.js';

const anyText = fc.string({ unit: 'binary', maxLength: 60 });

describe('a text whose length is limited', () => {
  it('is counted in code points', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 0, max: 60 }), (text, limit) => {
        expect(isWithin(text, limit)).toBe([...text].length <= limit);
      }),
    );
  });

  it('is normalised as it would be without a limit, or refused', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 0, max: 60 }), (text, limit) => {
        const normal = text.normalize();
        const expected = [...normal].length <= limit && text.length <= 4 * limit ? normal : null;
        expect(normalized(text, limit)).toBe(expected);
      }),
    );
  });

  it('may be sent decomposed', () => {
    // The character with the longest decomposition that NFC puts together again.
    for (const character of ['\u1f82', '\u1e69', '한', 'é', '😀']) {
      const text = character.repeat(100);
      expect(normalized(text.normalize('NFD'), 100)).toBe(text);
      expect(normalized(`${text}x`.normalize('NFD'), 100)).toBeNull();
    }
  });
});
