import { Secret, TOTP } from 'otpauth';
import { renderSVG } from 'uqr';
import { typedCode } from '../../core/unicode/typed.js';

/** The parameters of RFC 6238 that authenticator apps support: SHA-1, six digits, 30 seconds. */
const PARAMETERS = { algorithm: 'SHA1', digits: 6, period: 30 };
/** One step earlier and later, for a wrong clock and for a code typed late (RFC 6238, 5.2). */
const DRIFT_STEPS = 1;
/** 160 bits, as RFC 4226 recommends (section 4, R6). */
const SECRET_BYTES = 20;

export function newTotpSecret(): Buffer {
  return Buffer.from(new Secret({ size: SECRET_BYTES }).bytes);
}

/** The secret as text, to type it into the app by hand (RFC 4648, base32). */
export function base32(secret: Buffer): string {
  return secretOf(secret).base32;
}

/** @param seconds since 1970. @returns the step that has this code, within the drift, or null for a wrong code */
export function stepOf(secret: Buffer, code: string, seconds: number): number | null {
  const token = typedCode(code);
  // The library throws when six characters are more than six bytes.
  if (!/^\d{6}$/.test(token)) return null;
  const totp = new TOTP({ ...PARAMETERS, secret: secretOf(secret) });
  const timestamp = seconds * 1000;
  const delta = totp.validate({ token, timestamp, window: DRIFT_STEPS });
  return delta === null ? null : totp.counter({ timestamp }) + delta;
}

/** The URL that apps read from the QR code. */
export function otpauthUrl(secret: Buffer, issuer: string, account: string): string {
  // In the label, a colon separates the issuer from the account.
  const named = issuer.replace(/:/g, ' ');
  return new TOTP({ ...PARAMETERS, issuer: named, label: account, secret: secretOf(secret) }).toString();
}

/** An SVG as a data URI, which an `img` element shows without a request. */
export function qrCode(url: string): string {
  return `data:image/svg+xml;base64,${Buffer.from(renderSVG(url)).toString('base64')}`;
}

function secretOf(secret: Buffer): Secret {
  return new Secret({ buffer: new Uint8Array(secret).buffer });
}
