import {
  unlinked,
  unlinkedAddresses,
  unlinkedName,
} from '../../../../src/authentication/core/mail/unlinked.js';

/** What mail programs make links of: a URL, a host, an address of mail or of the network, a telephone number. */
const LINKS = [
  /\w:\S/,
  /\/\//,
  /\S@\S/,
  /www\./i,
  /[\p{L}\p{N}-]{2,}[.\u3002\uff0e\uff61][\p{L}\p{N}-]{2,}\.?[\p{L}]*(?<!\d\.\d+)(?<!\.js)/iu,
  /\d+\.\d+\.\d+\.\d+/,
  /(?:\d[\s()./+-]*){7}/,
  /=\?/,
];

describe('A name in a mail', () => {
  it('stays as it is when it holds nothing that can become a link', () => {
    const NAMES = [
      'Acme & Sons 2.0',
      'Müller’s Shop',
      "Müller's Shop",
      'St. John',
      'Node.js Club',
      'Köln & Söhne',
      'Acme Inc.',
      'Acme, Inc. (test)',
      'U.S.A. Today',
      'Barilla S.p.A',
      'Ph.D. Tools',
      'No.1 Shop',
      'TV e.V.',
      '.NET Club',
      'Release v1.2.3',
      '24/7 Fitness',
      'A/B Testing',
      'Acme: the shop',
      'Who?',
      'Studio 54',
      'Festival 2026',
      'Top 100 – 2026',
      '東京ストア。',
      'فروشگاه می‌خواهم',
      'Café 👩‍🚀',
      '<b>"Shop"</b>',
    ];
    for (const name of NAMES) expect(unlinkedName(name)).toBe(name);
  });

  it('never becomes a link', () => {
    const NAMES = [
      'Acme. Log in: https://evil.example/login',
      'https://evil',
      'http:evil.example',
      'hTTps:\\\\evil.example',
      'mailto:x@evil.example',
      'tel:5551234567',
      'www.evil.example',
      'www.1evil.com',
      'www.1evil',
      'WWW.x.y',
      'evil.example',
      'evil.com.',
      'evil.com/path?x=1#y',
      'evil.com:8080',
      'evil.com.js',
      'a.b.com',
      'x.co',
      'sub-domain.evil-shop.co.uk',
      'evil.xn--p1ai',
      'пример.рф',
      'evil\u3002com',
      'evil\uff61com',
      'evil\uff0ecom',
      'evil\u200b.com',
      'ev\u00adil.com',
      'i❤.ws',
      'me@evil.example',
      'me@evil',
      'me＠evil.com',
      '203.0.113.9',
      'http://203.0.113.9/',
      '(203.0.113.9)',
      'Call 0800 1234567',
      '+1 (555) 123-4567',
      '555.123.4567',
      '555-1234',
      '５５５１２３４５６７',
      '//evil',
      '\\\\evil\\share',
      'a/b/c',
      '=?utf-8?q?evil=2Eexample?=',
    ];
    for (const name of NAMES) {
      const plain = unlinkedName(name).normalize('NFKC');
      expect([name, plain, LINKS.filter((link) => link.test(plain))]).toEqual([name, plain, []]);
    }
  });

  it('keeps its words', () => {
    expect(unlinkedName('Acme. Log in: https://evil.example/login')).toBe(
      'Acme. Log in: https evil example login',
    );
    expect(unlinkedName('www.1evil.com')).toBe('www 1evil com');
    expect(unlinkedName('Server 203.0.113.9')).toBe('Server 203.0');
    expect(unlinkedName('Call 0800 1234567 now')).toBe('Call 0800 12… now');
  });

  it('is read no further than its first 512 characters, since the time grows with the square of the length', () => {
    for (const part of ['.', 'a.', 'a', '/', '1.', '\u200d']) {
      const name = part.repeat(100_000);
      expect(unlinkedName(name)).toBe(unlinkedName(name.slice(0, 512)));
      expect(unlinkedName(`${name.slice(0, 512)} Acme`)).not.toContain('Acme');
    }
  });
});

describe('A user agent in a mail', () => {
  it('is readable, without links and markup, and short', () => {
    expect(
      unlinked(
        'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.6099.109 Safari/537.36',
      ),
    ).toBe(
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36',
    );
    expect(unlinked('<b>www.evil.example</b> call +1 555 123 4567')).toBe(
      'b www evil example /b call 1 555 12…',
    );
    expect(unlinked('x'.repeat(512))).toHaveLength(120);
  });
});

describe('An address in a mail', () => {
  it('stays as it is, but ends no host of a link', () => {
    const usual = 'The account ada.lovelace+news@example.co.uk (or o’hara_1@example.com) at Acme';
    expect(unlinkedAddresses(usual)).toBe(usual);
    expect(unlinkedAddresses('your account me+www.evil.example/x@example.com at Acme')).toBe(
      'your account me+www.evil.example x@example.com at Acme',
    );
    expect(unlinkedAddresses('evil.example?a=b#c@example.com')).toBe('evil.example a b c@example.com');
  });
});
