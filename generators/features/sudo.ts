import type { FeatureManifest } from './feature.js';

export const sudo: FeatureManifest = {
  name: 'sudo',
  title: 'Asks for the password again before sensitive actions',
  folder: 'features/sudo',
  specs: ['authentication/features/sudo'],
  packages: [],
  settings: [],
  keepsSecrets: false,
  requires: [],
  adds: ['POST /sessions/sudo', '@RequireSudo()'],
};
