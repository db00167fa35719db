import fc from 'fast-check';
import { canonicalEmail } from '../../../../src/authentication/core/users/email-address.js';

const letters = fc.stringMatching(/^[a-z0-9]{1,20}$/);
const local = fc
  .array(letters, { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join('.'))
  .filter((text) => text.length <= 64);
const domain = fc.constantFrom('example.com', 'mail.example.org', 'xn--fa-hia.de');
const address = fc.tuple(local, domain).map(([name, host]) => `${name}@${host}`);
const fullWidth = (text: string): string =>
  text.replace(/[a-z0-9]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));

describe('an email address', () => {
  it('that is in its canonical form stays as it is', () => {
    fc.assert(
      fc.property(address, (text) => {
        expect(canonicalEmail(text)).toBe(text);
      }),
    );
  });

  it('has the same form in upper case, with space around it, and in full-width letters', () => {
    fc.assert(
      fc.property(address, fc.constantFrom(' ', '\t', '\u00a0', '\r\n'), (text, space) => {
        const [name = '', host = ''] = text.split('@');
        for (const variant of [
          text.toUpperCase(),
          `${space}${text}${space}`,
          `${fullWidth(name)}@${host}`,
          `${fullWidth(name.toUpperCase())}＠${host}`,
        ]) {
          expect(canonicalEmail(variant)).toBe(text);
        }
      }),
    );
  });

  it('is either refused or becomes at most 254 ASCII characters that are in canonical form, whatever the text', () => {
    const anyText = fc.string({ unit: 'binary', maxLength: 40 });
    const alike = fc.oneof(
      anyText,
      fc.tuple(anyText, anyText).map(([name, host]) => `${name}@${host}`),
      fc.tuple(local, anyText).map(([name, host]) => `${name}@${host}.com`),
      fc.tuple(local, anyText, domain).map(([name, odd, host]) => `${name}${odd}@${host}`),
    );
    fc.assert(
      fc.property(alike, (text) => {
        const form = canonicalEmail(text);
        if (form === null) return;
        expect(form).toMatch(/^[\x21-\x7e]{1,64}@[a-z0-9.-]+$/);
        expect(form.length).toBeLessThanOrEqual(254);
        expect(form).toBe(form.toLowerCase());
        expect(canonicalEmail(form)).toBe(form);
      }),
      { numRuns: 2000 },
    );
  });

  it('never becomes the address of another user by a letter that only looks the same', () => {
    const lookAlikes = ['ı', 'а', 'е', 'о', 'ɡ', 'İ', 'ƅ', '\u200b', '\u00ad', '\u202e'];
    fc.assert(
      fc.property(address, fc.constantFrom(...lookAlikes), fc.nat(), (text, odd, position) => {
        const at = position % text.length;
        const changed = `${text.slice(0, at)}${odd}${text.slice(at + 1)}`;
        expect(canonicalEmail(changed)).not.toBe(text);
      }),
    );
  });

  it('has one form for letters that Unicode treats as the same', () => {
    expect(canonicalEmail('\u212aelvin@example.com')).toBe('kelvin@example.com');
    expect(canonicalEmail('ſam@example.com')).toBe('sam@example.com');
    expect(canonicalEmail('a@EXAMPLE.com')).toBe('a@example.com');
    expect(canonicalEmail('a@faß.de')).toBe('a@xn--fa-hia.de');
  });

  it('may have dots anywhere before the @, as addresses of large carriers have, but nothing else than dots', () => {
    for (const text of ['a..b@docomo.ne.jp', '.a@docomo.ne.jp', 'a.@ezweb.ne.jp', '..a...b..@docomo.ne.jp']) {
      expect([text, canonicalEmail(text)]).toEqual([text, text]);
      expect(canonicalEmail(` ${text.toUpperCase()} `)).toBe(text);
    }
    for (const text of [
      '.@docomo.ne.jp',
      '..@docomo.ne.jp',
      '"a..b"@docomo.ne.jp',
      'a@docomo..ne.jp',
      'a@.ne.jp',
    ]) {
      expect([text, canonicalEmail(text)]).toEqual([text, null]);
    }
    expect(canonicalEmail(`${'.'.repeat(64)}a@docomo.ne.jp`)).toBeNull();
  });

  it('is refused when the text contains more than an address', () => {
    for (const text of [
      'a@example.com/x',
      'a@example.com?x',
      'a@example.com#x',
      'a@example.com\\x',
      'a@ex%61mple.com',
      'a@exam\tple.com',
      'a@exam\r\nple.com',
      'a@example.com:25',
      'a@user@example.com',
      '"a"@example.com',
      'a@[127.0.0.1]',
      'a@1.2.3.4',
      'a@localhost',
      `${'a'.repeat(65)}@example.com`,
      '',
      '@',
    ]) {
      expect([text, canonicalEmail(text)]).toEqual([text, null]);
    }
  });
});
