import { Secret, TOTP } from 'otpauth';
import { renderSVG } from 'uqr';

/** RFC 6238 as authenticator apps have it: SHA-1, six digits, 30 seconds. */
const PARAMETERS = { algorithm: 'SHA1', digits: 6, period: 30 };
/** One step either way, for a clock that is off and a code typed late (RFC 6238, 5.2). */
const DRIFT_STEPS = 1;
/** As long as SHA-1's output (RFC 4226, 4, R6). */
const SECRET_BYTES = 20;

/** A code's step is kept for as long as it could be accepted again, from either side of the drift. */
export const STEPS_KEPT = 2 * DRIFT_STEPS;

export function newTotpSecret(): Buffer {
  return Buffer.from(new Secret({ size: SECRET_BYTES }).bytes);
}

/** What a person types into the app that has no camera (RFC 4648, base32). */
export function base32(secret: Buffer): string {
  return secretOf(secret).base32;
}

/** The step whose code this is, among those that count at `seconds` since 1970; null for none. */
export function stepOf(secret: Buffer, code: string, seconds: number): number | null {
  const token = code.replace(/\s/g, '');
  // The library compares bytes, and throws where six characters are more bytes than six.
  if (!/^\d{6}$/.test(token)) return null;
  const totp = new TOTP({ ...PARAMETERS, secret: secretOf(secret) });
  const timestamp = seconds * 1000;
  const delta = totp.validate({ token, timestamp, window: DRIFT_STEPS });
  return delta === null ? null : totp.counter({ timestamp }) + delta;
}

/** The address that apps read from the QR code. */
export function otpauthUrl(secret: Buffer, issuer: string, account: string): string {
  // A colon would end the issuer's part of the label.
  const named = issuer.replaceAll(':', ' ');
  return new TOTP({ ...PARAMETERS, issuer: named, label: account, secret: secretOf(secret) }).toString();
}

/** An SVG as a data URI: it needs no request, and nothing but an `img` to show it. */
export function qrCode(url: string): string {
  return `data:image/svg+xml;base64,${Buffer.from(renderSVG(url)).toString('base64')}`;
}

function secretOf(secret: Buffer): Secret {
  return new Secret({ buffer: new Uint8Array(secret).buffer });
}
