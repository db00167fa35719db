import { createHmac, randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  secretKeysFor,
  type AuthenticationSettings,
} from '../../../core/settings/authentication.settings.js';
import { Settings } from '../../../core/settings/settings.js';
import { typedCode } from '../../../core/unicode/typed.js';

/** No two characters that look alike (0 O, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V), and no vowels, to avoid words (RFC 8628, 6.1). */
const ALPHABET = '3479CDFGHJKMNPQRTVWXY';
const LENGTH = 6;

/**
 * The codes that a person reads on a device and types. There are 86 million; a code lives ten minutes, and a user may
 * try ten a minute (RFC 8628, 5.1). An attacker could hash all of them, so the database holds keyed digests.
 */
@Injectable()
export class PairingCodes {
  private readonly keys: readonly Buffer[];

  constructor(@Settings() settings: AuthenticationSettings) {
    this.keys = secretKeysFor('devices', settings);
  }

  draw(): string {
    return Array.from({ length: LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
  }

  /** The digests of a typed code: the first with the current key, which new codes use, the others with older keys. */
  digestsOf(text: string): Buffer[] {
    const typed = typedCode(text);
    // Only ASCII becomes upper case: some other Unicode letters also have an ASCII letter as their upper case.
    const code = /^[\da-z]+$/i.test(typed) ? typed.toUpperCase() : typed;
    return this.keys.map((key) => createHmac('sha256', key).update(`device pairing ${code}`).digest());
  }
}
