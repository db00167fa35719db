import type { FeatureManifest } from './feature.js';

export const activity: FeatureManifest = {
  name: 'activity',
  title: 'Shows users what happened to their account: sign-ins, failed sign-ins, changes',
  folder: 'features/activity',
  specs: ['authentication/features/activity'],
  packages: [],
  settings: [],
  keepsSecrets: false,
  requires: [],
  adds: ['GET /authentications/events'],
};
