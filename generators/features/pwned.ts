import type { FeatureManifest } from './feature.js';

export const pwned: FeatureManifest = {
  name: 'pwned',
  title: 'Refuses new passwords that were found in a data breach',
  folder: 'features/pwned',
  specs: ['authentication/features/pwned'],
  packages: [],
  settings: ['PWNED_URL'],
  keepsSecrets: false,
  requires: [],
  adds: [],
};
