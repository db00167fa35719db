import type { FeatureManifest } from './feature.js';

export const devices: FeatureManifest = {
  name: 'devices',
  title: 'Gives devices their own tokens: pairing by a code, device groups',
  folder: 'features/devices',
  specs: ['authentication/features/devices', 'authentication/contract/devices.spec.ts'],
  packages: [],
  settings: [],
  keepsSecrets: true,
  requires: [],
  adds: [
    '/devices',
    '/devices/:id/tokens',
    '/devices/pairings',
    '/device_groups',
    'device_id at POST /sign_in',
    '@CurrentDevice()',
  ],
};
