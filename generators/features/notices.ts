import type { FeatureManifest } from './feature.js';

export const notices: FeatureManifest = {
  name: 'notices',
  title: 'Mails people when somebody signs in from a device that is new to their account',
  folder: 'features/notices',
  specs: ['authentication/features/notices'],
  packages: ['bowser'],
  settings: [],
  keepsSecrets: false,
  requires: [],
  adds: ['GET /sessions/notice', 'POST /sessions/notice/denial'],
};
