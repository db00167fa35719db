import type { FeatureManifest } from './feature.js';

export const passwordless: FeatureManifest = {
  name: 'passwordless',
  title: 'Signs users in with a mailed link, or with the code in the same mail',
  folder: 'features/passwordless',
  specs: ['authentication/features/passwordless', 'authentication/contract/passwordless.spec.ts'],
  packages: [],
  settings: ['PASSWORDLESS_URL'],
  keepsSecrets: true,
  requires: [],
  adds: ['POST /sessions/passwordless', 'GET /sessions/passwordless', 'PUT /sessions/passwordless'],
};
