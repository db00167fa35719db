import { createHmac, randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  secretKeysFor,
  type AuthenticationSettings,
} from '../../../core/settings/authentication.settings.js';
import { Settings } from '../../../core/settings/settings.js';

/** No look-alikes (0 O, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V), and no vowels, which make words (RFC 8628, 6.1). */
const ALPHABET = '3479CDFGHJKMNPQRTVWXY';
const LENGTH = 6;

/**
 * What a person reads on a device and types: 86 million codes, of which a user may try ten a minute while each lives
 * ten minutes (RFC 8628, 5.1). So few could all be hashed: the database holds keyed digests.
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

  /** The digests that a typed code may have: the first is that of a new one, the others are those of older keys. */
  digestsOf(typed: string): Buffer[] {
    // Of Unicode's other letters, some have one of these as their capital.
    const code = /^[\da-z]+$/i.test(typed) ? typed.toUpperCase() : typed;
    return this.keys.map((key) => createHmac('sha256', key).update(`device pairing ${code}`).digest());
  }
}
