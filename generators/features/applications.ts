import type { FeatureManifest } from './feature.js';

export const applications: FeatureManifest = {
  name: 'applications',
  title: 'Serves several applications from one server, each with its own users and API key',
  folder: 'features/applications',
  specs: ['authentication/features/applications', 'authentication/contract/applications.spec.ts'],
  packages: [],
  settings: [],
  keepsSecrets: false,
  requires: [],
  adds: ['/applications', '/applications/:id/api_key', 'the header X-Api-Key on every route'],
};
