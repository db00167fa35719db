import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  base32,
  newTotpSecret,
  otpauthUrl,
  qrCode,
  stepOf,
} from '../../../../src/authentication/features/two-factor/totp.js';
import { Authenticator } from './authenticator.js';

/** RFC 6238, appendix B, SHA-1: seconds since 1970, and the last six of the eight digits. */
const VECTORS: [seconds: number, code: string][] = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
];
const SECRET = Buffer.from('12345678901234567890');

describe('TOTP', () => {
  it('accepts the test vectors of RFC 6238', () => {
    for (const [seconds, code] of VECTORS) {
      expect([seconds, stepOf(SECRET, code, seconds)]).toEqual([seconds, Math.floor(seconds / 30)]);
    }
  });

  it('allows one step of drift in both directions, and returns the step of the code', () => {
    const [seconds, code] = VECTORS[3]!;
    const step = Math.floor(seconds / 30);
    const offsets = [-60, -30, 0, 30, 60].map((offset) => stepOf(SECRET, code, seconds + offset));
    expect(offsets).toEqual([null, step, step, step, null]);
  });

  it('accepts a code as a person types it, and nothing else', () => {
    for (const code of ['287 082', '287-082', '287\u2013082', '２８７０８２', '\u200b287082\n']) {
      expect([code, stepOf(SECRET, code, 59)]).toEqual([code, 1]);
    }
    for (const code of ['', '28708', '2870821', '94287082', '28708a', '287082\0', '-87082']) {
      expect([code, stepOf(SECRET, code, 59)]).toEqual([code, null]);
    }
  });

  it('makes secrets of 160 random bits (RFC 4226, R6)', () => {
    const secrets = Array.from({ length: 100 }, newTotpSecret);
    expect(secrets.every((secret) => secret.length === 20)).toBe(true);
    expect(new Set(secrets.map(base32)).size).toBe(100);
  });

  it('agrees with another implementation at any time, and with oathtool if it is installed', () => {
    const isInstalled = spawnSync('oathtool', ['--version']).status === 0;
    for (let round = 0; round < 20; round += 1) {
      const secret = randomBytes(20);
      const seconds = 1_700_000_000 + round * 12_345_678;
      const step = Math.floor(seconds / 30);
      expect(stepOf(secret, new Authenticator(base32(secret)).codeOf(step), seconds)).toBe(step);
      if (!isInstalled) continue;
      const oracle = spawnSync('oathtool', ['--totp', '--base32', '--now', `@${seconds}`, base32(secret)]);
      expect(stepOf(secret, oracle.stdout.toString().trim(), seconds)).toBe(step);
    }
  });

  it('writes a URL that apps can read, with any names', () => {
    const url = new URL(otpauthUrl(SECRET, 'Acme: Tools & Co', 'ada+x@example.com'));
    expect(url.protocol).toBe('otpauth:');
    expect(decodeURIComponent(url.href.split('?')[0]!)).toBe(
      'otpauth://totp/Acme  Tools & Co:ada+x@example.com',
    );
    expect(Object.fromEntries(url.searchParams)).toEqual({
      issuer: 'Acme  Tools & Co',
      secret: base32(SECRET),
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    });
  });

  it('draws the URL as an SVG that needs no request', () => {
    const [head, body] = qrCode('otpauth://totp/Acme:ada?secret=AAAA').split(',');
    expect(head).toBe('data:image/svg+xml;base64');
    expect(Buffer.from(body!, 'base64').toString()).toMatch(/^<svg [^>]*>.*<\/svg>$/s);
  });
});
