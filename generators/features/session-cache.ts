import type { FeatureManifest } from './feature.js';

export const sessionCache: FeatureManifest = {
  name: 'session-cache',
  title: 'Keeps live sessions in the process, so that a request needs no statement',
  folder: 'features/session-cache',
  specs: ['authentication/features/session-cache', 'host/session-cache.spec.ts'],
  packages: ['lru-cache'],
  settings: [
    'SESSION_CACHE',
    'SESSION_CACHE_ENTRIES',
    'SESSION_CACHE_SECONDS',
    'SESSION_CACHE_LEASE_SECONDS',
    'SESSION_CACHE_URL',
  ],
  keepsSecrets: false,
  requires: [],
  adds: [],
};
