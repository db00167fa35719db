import type { FeatureManifest } from './feature.js';

export const notices: FeatureManifest = {
  name: 'notices',
  title: 'Mails users when somebody signs in to their account from a new device',
  folder: 'features/notices',
  specs: ['authentication/features/notices'],
  packages: ['bowser'],
  settings: [],
  keepsSecrets: false,
  requires: [],
  adds: ['GET /sessions/notice', 'POST /sessions/notice/denial'],
};
