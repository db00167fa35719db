import type { FeatureManifest } from './feature.js';

export const twoFactor: FeatureManifest = {
  name: 'two-factor',
  title: 'Asks for a second factor at sign-in: codes of an authenticator app (TOTP), or recovery codes',
  folder: 'features/two-factor',
  specs: ['authentication/features/two-factor', 'authentication/contract/two-factor.spec.ts'],
  packages: ['otpauth', 'uqr'],
  settings: [],
  keepsSecrets: true,
  requires: [],
  adds: [
    '/two_factor_authentication/profile/totp',
    '/two_factor_authentication/profile/recovery_codes',
    '/two_factor_authentication/challenge',
  ],
};
