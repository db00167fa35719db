import type { HashingParameters } from '../settings/authentication.settings.js';

type Parameters = Pick<HashingParameters, 'memoryCost' | 'timeCost' | 'parallelism'>;

const BASE64 = '[A-Za-z0-9+/]+';
const ARGON2 = new RegExp(
  String.raw`^\$(argon2(?:id|i|d))\$(?:v=(\d+)\$)?([a-z]+=[^$]+)\$${BASE64}\$${BASE64}$`,
);
/** The current version of the algorithm (RFC 9106): 0x13. */
const VERSION = '19';

/** Whether the text is a digest of argon2, as a PHC string: `$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH`. */
export function isArgon2Digest(digest: string): boolean {
  return ARGON2.test(digest);
}

/** Whether a digest is not what argon2id makes today, with these parameters. */
export function isOutdatedDigest(digest: string, parameters: Parameters): boolean {
  const [, variant, version, list = ''] = ARGON2.exec(digest) ?? [];
  const given = list.split(',');
  const isSame = (name: string, value: number): boolean => given.includes(`${name}=${value}`);
  return !(
    variant === 'argon2id' &&
    version === VERSION &&
    isSame('m', parameters.memoryCost) &&
    isSame('t', parameters.timeCost) &&
    isSame('p', parameters.parallelism)
  );
}
