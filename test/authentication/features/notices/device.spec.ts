import fc from 'fast-check';
import { deviceOf } from '../../../../src/authentication/features/notices/device.js';
import { deviceNetworkOf } from '../../../../src/authentication/features/notices/network.js';

const AGENTS = [
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
    'chrome',
    'Chrome',
    'macOS',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
    'safari',
    'Safari',
    'iOS',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0',
    'microsoft edge',
    'Microsoft Edge',
    'Windows',
  ],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0', 'firefox', 'Firefox', 'Linux'],
  ['curl/8.5.0', 'curl', 'curl', null],
  ['MyApp/3 CFNetwork/1410 Darwin/22', 'myapp', 'MyApp', null],
  ['My App 3.2.1 (iPhone)', 'my app', 'My App', 'iOS'],
  ['node', 'node', 'node', null],
  ['Dart/3.2 (dart:io)', 'dart', 'Dart', null],
  ['okhttp/4.9.3', 'okhttp', 'okhttp', null],
] as const;

describe('the family of a user agent', () => {
  for (const [userAgent, family, browser, system] of AGENTS) {
    it(`${browser} on ${system ?? 'an unknown system'}`, () => {
      expect(deviceOf({ userAgent, ipAddress: null })).toEqual({
        family,
        network: 'unknown',
        browser,
        system,
      });
    });
  }

  it('is unknown for none, and for one that says nothing', () => {
    for (const userAgent of [null, '', '   ', '/', '//', '(comment)', 'ÿþ/1', '...']) {
      const device = deviceOf({ userAgent, ipAddress: null });
      expect(device).toEqual({ family: 'unknown', network: 'unknown', browser: null, system: null });
    }
  });

  it('stays through an update', () => {
    const familyOf = (userAgent: string) => deviceOf({ userAgent, ipAddress: null }).family;
    for (const [userAgent, family] of AGENTS) expect(familyOf(userAgent.replace(/\d/g, '9'))).toBe(family);
  });

  it('is short, harmless text for whatever anybody sends', () => {
    const piece = fc.constantFrom(
      'Mozilla/5.0 ',
      'http://evil.example',
      'Version/',
      '(',
      '<b>',
      '1.2',
      ' ',
      'a',
    );
    const userAgent = fc.oneof(
      fc.string({ maxLength: 512 }),
      fc.array(piece).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(userAgent, (text) => {
        const { family, browser, system } = deviceOf({ userAgent: text, ipAddress: null });
        expect(family).toMatch(/^[\w +-]{1,64}$/);
        expect(family).toBe(family.toLowerCase());
        for (const name of [browser, system]) expect(name ?? 'none').toMatch(/^[\w +-]{1,64}$/);
      }),
    );
  });
});

describe('the network of an address', () => {
  const NETWORKS = [
    ['192.0.2.7', '192.0.2.0/24'],
    ['192.0.2.255', '192.0.2.0/24'],
    ['10.1.20.0', '10.1.20.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
    ['2001:db8:1:ffff::6', '2001:db8:1::/48'],
    ['2001:db8::1', '2001:db8:0::/48'],
    ['2001:db8::', '2001:db8:0::/48'],
    ['2001::3:4:5:6:7:8', '2001:0:3::/48'],
    ['::1', '0:0:0::/48'],
    ['::', '0:0:0::/48'],
    ['1::', '1:0:0::/48'],
    ['::2:3:4:5:6:7:8', '0:2:3::/48'],
    ['2001:0db8:0001::1', '2001:db8:1::/48'],
    ['not an address', 'unknown'],
    ['', 'unknown'],
  ] as const;

  for (const [address, network] of NETWORKS) {
    it(`of ${address || 'nothing'} is ${network}`, () => {
      expect(deviceNetworkOf(address)).toBe(network);
    });
  }

  it('is unknown where no address is known', () => {
    expect(deviceNetworkOf(null)).toBe('unknown');
  });

  it('is the first 48 bits of IPv6, wherever the zeros are left out', () => {
    const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
    const groups = fc.array(group, { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(groups, (numbers) => {
        const written = numbers.map((number) => number.toString(16));
        // In its one form, as a request's address is.
        const { hostname } = new URL(`http://[${written.join(':')}]`);
        expect(deviceNetworkOf(hostname.slice(1, -1))).toBe(`${written.slice(0, 3).join(':')}::/48`);
      }),
    );
  });
});
