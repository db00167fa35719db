import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import {
  addressRanges,
  isInRanges,
  isLoopback,
  plainAddress,
  subscriberNetworkOf,
} from '../../../../src/authentication/core/clients/address.js';

const octets = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 4, maxLength: 4 });
const group = fc.oneof(fc.constant(0), fc.constant(0xffff), fc.integer({ min: 0, max: 0xffff }));
const groups = fc.array(group, { minLength: 8, maxLength: 8 });
const zone = fc.constantFrom('', '%eth0', '%1', '%lo-0.1:2');

const hex = (numbers: readonly number[]): string => numbers.map((number) => number.toString(16)).join(':');
/** An IPv6 address in the form that Node's URL parser writes. */
const canonical = (ipv6: string): string => new URL(`http://[${ipv6}]`).hostname.slice(1, -1);
const versionOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** Every way to write 1.2.3.4 as an IPv6 address (RFC 4291 2.5.5.2). */
function mappedSpellings(parts: readonly number[]): string[] {
  const [a = 0, b = 0, c = 0, d = 0] = parts;
  const tails = [parts.join('.'), hex([a * 256 + b, c * 256 + d])];
  const heads = [
    '::ffff:',
    '::FfFf:',
    '0:0:0:0:0:ffff:',
    '0000:0000:0000:0000:0000:FFFF:',
    '::0:0:ffff:',
    '0::ffff:',
  ];
  return tails.flatMap((tail) => heads.map((head) => `${head}${tail}`));
}

describe('an address', () => {
  it('is accepted exactly when node:net accepts the text', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ':',
        '::',
        '.',
        '/',
        '%',
        '0x',
        '0',
        '00',
        'ffff',
        'FFFF',
        '256',
        ' ',
        '\n',
        '[',
        ']',
        '+',
        '-1',
        '1e2',
      ),
      fc.nat(300).map(String),
      fc.string({ unit: 'binary', maxLength: 1 }),
    );
    const odd = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    const inserted = fc
      .tuple(fc.oneof(fc.ipV4(), fc.ipV4Extended(), fc.ipV6()), piece, fc.nat(40))
      .map(([address, text, at]) => `${address.slice(0, at)}${text}${address.slice(at)}`);
    fc.assert(
      fc.property(fc.oneof(odd, inserted, fc.ipV4Extended()), (text) => {
        expect(plainAddress(text) === null).toBe(isIP(text.replace(/%.*$/, '')) === 0);
      }),
      { numRuns: 5000 },
    );
  });

  it('of IPv4 keeps its spelling', () => {
    fc.assert(
      fc.property(fc.ipV4(), zone, (address, suffix) => {
        expect(plainAddress(`${address}${suffix}`)).toBe(address);
      }),
    );
  });

  it('of IPv6 has the form of RFC 5952, however it is written', () => {
    const written = fc.oneof(fc.ipV6(), groups.map(hex));
    fc.assert(
      fc.property(written, zone, (address, suffix) => {
        fc.pre(!canonical(address).startsWith('::ffff:'));
        for (const spelling of [address, address.toUpperCase()]) {
          expect(plainAddress(`${spelling}${suffix}`)).toBe(canonical(address));
        }
        expect(plainAddress(canonical(address))).toBe(canonical(address));
      }),
      { numRuns: 5000 },
    );
  });

  it('of IPv4 that is written as IPv6 becomes IPv4, in every spelling (CVE-2026-45364)', () => {
    fc.assert(
      fc.property(octets, zone, (parts, suffix) => {
        for (const spelling of mappedSpellings(parts)) {
          expect(plainAddress(`${spelling}${suffix}`)).toBe(parts.join('.'));
        }
      }),
    );
  });

  it('of IPv6 that only ends in an IPv4 address stays IPv6 (RFC 4291 2.5.5.1, RFC 6052, RFC 2765)', () => {
    fc.assert(
      fc.property(octets, (parts) => {
        for (const head of ['::', '0::', '64:ff9b::', '::ffff:0:', '1::ffff:', '::fffe:']) {
          const address = `${head}${parts.join('.')}`;
          expect(plainAddress(address)).toBe(canonical(address));
        }
      }),
    );
  });

  const FORMS = [
    ['127.0.0.1', '127.0.0.1'],
    ['0.0.0.0', '0.0.0.0'],
    ['1.2.3.4%eth0', '1.2.3.4'],
    ['::', '::'],
    ['::1%lo0', '::1'],
    ['FE80::1%ETH0', 'fe80::1'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::1.2.3.4', '::102:304'],
    ['::FFFF:1.2.3.4%eth0', '1.2.3.4'],
    ['0:0:0:0:0:ffff:102:304', '1.2.3.4'],
    ['::ffff:0:0', '0.0.0.0'],
    ['', null],
    ['%eth0', null],
    ['localhost', null],
    ['127.1', null],
    ['127.0.1', null],
    ['2130706433', null],
    ['0x7f000001', null],
    ['0x7f.1', null],
    ['0x7f.0.0.1', null],
    ['0177.0.0.1', null],
    ['010.0.0.1', null],
    ['127.0.0.01', null],
    ['127.0.0.256', null],
    ['127.0.0.1.', null],
    ['127.0.0.1.1', null],
    ['127.0.0.-1', null],
    ['127.0.0.1e1', null],
    ['127.0.0.1:80', null],
    ['[::1]', null],
    ['[::1]:80', null],
    ['::1:', null],
    [':::1', null],
    ['::1::', null],
    ['1:2:3:4:5:6:7', null],
    ['1:2:3:4:5:6:7:8:9', null],
    ['1:2:3:4:5:6:7:8::', null],
    ['::12345', null],
    ['::g', null],
    ['::ffff:127.1', null],
    ['::ffff:010.0.0.1', null],
    ['::ffff:0x7f.0.0.1', null],
    ['::ffff:127.0.0.256', null],
    ['::010.0.0.1', null],
    ['::0x7f.0.0.1', null],
    ['::ffff:1.2.3.4:80', null],
    [' 127.0.0.1', null],
    ['127.0.0.1 ', null],
    ['127.0.0.1\n', null],
    ['::1\n', null],
    ['127.0.0.1%eth0\n', null],
    ['127.0.0.1\u0000', null],
    ['127.0.0.1/32', null],
    ['::1/128', null],
    ['١٢٧.٠.٠.١', null],
    ['１２７.0.0.1', null],
    ['127。0。0。1', null],
    ['::１', null],
  ] as const;

  for (const [text, form] of FORMS) {
    it(`written ${JSON.stringify(text)} ${form === null ? 'is refused' : `is ${form}`}`, () => {
      expect(plainAddress(text)).toBe(form);
    });
  }
});

describe("a subscriber's network", () => {
  it('is the first 64 bits of an IPv6 address, whichever zeros are left out', () => {
    fc.assert(
      fc.property(groups, (numbers) => {
        const network = `${hex(numbers.slice(0, 4))}::/64`;
        expect(subscriberNetworkOf(hex(numbers))).toBe(network);
        expect(subscriberNetworkOf(canonical(hex(numbers)))).toBe(network);
      }),
      { numRuns: 1000 },
    );
  });

  it('is the address itself for IPv4', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(subscriberNetworkOf(address)).toBe(address);
      }),
    );
  });

  it('is the text itself for a text that is not an address', () => {
    expect(subscriberNetworkOf('unknown')).toBe('unknown');
  });
});

describe('ranges of addresses', () => {
  const flipped = (numbers: readonly number[], bit: number, width: number): number[] =>
    numbers.map((number, index) =>
      index === Math.floor(bit / width) ? number ^ (1 << (width - 1 - (bit % width))) : number,
    );
  const isIn = (address: string, text: string): boolean => isInRanges(address, addressRanges(text) ?? []);
  /** The answer of node:net. */
  const isListed = (address: string, network: string, bits: number): boolean => {
    const list = new BlockList();
    list.addSubnet(network, bits, versionOf(network));
    return list.check(address, versionOf(address));
  };

  it('contain the IPv4 addresses that node:net finds in them', () => {
    fc.assert(
      fc.property(octets, fc.nat(32), fc.nat(31), (numbers, bits, bit) => {
        const network = numbers.join('.');
        const address = flipped(numbers, bit, 8).join('.');
        expect(isIn(address, `${network}/${bits}`)).toBe(isListed(address, network, bits));
        expect(isIn(network, `${network}/${bits}`)).toBe(true);
        expect(isIn(address, network)).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  it('contain the IPv6 addresses that node:net finds in them', () => {
    fc.assert(
      fc.property(groups, fc.nat(128), fc.nat(127), zone, (numbers, bits, bit, suffix) => {
        const network = hex(numbers);
        const address = canonical(hex(flipped(numbers, bit, 16)));
        fc.pre(!address.startsWith('::ffff:') && !canonical(network).startsWith('::ffff:'));
        expect(isIn(address, `${network}${suffix}/${bits}`)).toBe(isListed(address, network, bits));
        expect(isIn(canonical(network), `${network}${suffix}`)).toBe(true);
        expect(isIn(address, network)).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  it('of IPv6 contain the IPv4 addresses that node:net finds in them', () => {
    const wide = fc.constantFrom('::', '::ffff:0:0', '::fffe:0:0', '::8000:0:0', '8000::', '::1:0:0:0');
    const mapped = octets.map((numbers) => `::ffff:${numbers.join('.')}`);
    fc.assert(
      fc.property(
        fc.oneof(wide, mapped),
        fc.oneof(fc.nat(128), fc.integer({ min: 79, max: 104 })),
        octets,
        (network, bits, numbers) => {
          const address = numbers.join('.');
          const isMistake = network.startsWith('::ffff:') && bits < 96;
          const expected = !isMistake && isListed(address, network, bits);
          expect(isIn(address, `${network}/${bits}`)).toBe(expected);
        },
      ),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(octets, fc.integer({ min: 96, max: 128 }), fc.nat(31), (numbers, bits, bit) => {
        const network = `::ffff:${numbers.join('.')}`;
        const address = flipped(numbers, bit, 8).join('.');
        expect(isIn(address, `${network}/${bits}`)).toBe(isListed(address, network, bits));
      }),
      { numRuns: 1000 },
    );
  });

  it('of a mapped IPv4 address have 96 bits or more: anything shorter is a mistake that means all of IPv4', () => {
    for (const text of [
      '::ffff:10.0.0.0/8',
      '::ffff:0:0/95',
      '0:0:0:0:0:ffff:a00:0/0',
      '::FFFF:10.0.0.1/32',
    ]) {
      expect([text, addressRanges(text)]).toEqual([text, null]);
    }
    expect(isIn('10.1.2.3', '::ffff:10.0.0.0/104')).toBe(true);
    expect(isIn('11.1.2.3', '::ffff:10.0.0.0/104')).toBe(false);
    expect(isIn('10.1.2.3', '::/0')).toBe(true);
  });

  it('of IPv4 contain no IPv6 address', () => {
    expect(isIn('::1', '0.0.0.0/0')).toBe(false);
    expect(isIn('::7f00:1', '127.0.0.0/8')).toBe(false);
  });

  it('contain an address if one of them does; no range contains nothing', () => {
    const ranges = ['10.0.0.0/8', '::1', '192.0.2.1'].flatMap((text) => addressRanges(text) ?? []);
    const held = ['10.255.0.1', '::1', '192.0.2.1', '11.0.0.0', '::2', '192.0.2.2', '', 'localhost'];
    expect(held.filter((address) => isInRanges(address, ranges))).toEqual(['10.255.0.1', '::1', '192.0.2.1']);
    expect(held.filter((address) => isInRanges(address, []))).toEqual([]);
  });

  it('are refused when the address or the length is not valid', () => {
    for (const text of [
      '',
      '/',
      '/8',
      'localhost',
      '10.0.0.0/',
      '10.0.0.0/33',
      '::/129',
      '10.0.0.0/8/8',
      '10.0.0.0/-1',
      '10.0.0.0/0x8',
      '10.0.0.0/0008',
      '10.0.0.0/8 ',
      '10.0.0.0/ 8',
      '10.0.0.0/255.0.0.0',
      '10.0.0.0/٨',
      '10/8',
      '10.0/8',
      '012.0.0.0/8',
      '0xa.0.0.0/8',
      '167772160/8',
      '10.0.0.1%eth0',
      '::ffff:012.0.0.0/104',
      '::1/8%eth0',
      '[::1]/128',
    ]) {
      expect([text, addressRanges(text)]).toEqual([text, null]);
    }
    expect(addressRanges('10.0.0.0/008')).not.toBeNull();
  });
});

describe('loopback', () => {
  it('is 127.0.0.0/8, also when it is written as IPv6, and ::1', () => {
    fc.assert(
      fc.property(octets, fc.boolean(), (numbers, isLocal) => {
        const parts = isLocal ? [127, ...numbers.slice(1)] : numbers;
        const expected = parts[0] === 127;
        for (const spelling of [parts.join('.'), ...mappedSpellings(parts)]) {
          expect(isLoopback(spelling)).toBe(expected);
        }
      }),
    );
    expect(isLoopback('::1')).toBe(true);
  });

  it('is nothing else', () => {
    for (const text of [
      '',
      '::',
      '::2',
      '0.0.0.0',
      '127.1',
      '0x7f.0.0.1',
      '0177.0.0.1',
      '2130706433',
      '127.a.example',
      'localhost',
      '::127.0.0.1',
    ]) {
      expect([text, isLoopback(text)]).toEqual([text, false]);
    }
  });
});
