import type { FeatureManifest } from './feature.js';

export const profiles: FeatureManifest = {
  name: 'profiles',
  title: 'Keeps a first name, a last name and a unique username',
  folder: 'features/profiles',
  specs: ['authentication/features/profiles'],
  packages: [],
  settings: [],
  keepsSecrets: false,
  requires: [],
  adds: ['GET, PATCH /profile', 'first_name, last_name, username at POST /sign_up'],
};
