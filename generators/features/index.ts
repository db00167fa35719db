import { WrongUsage } from '../failure.js';
import { activity } from './activity.js';
import { applications } from './applications.js';
import { devices } from './devices.js';
import type { FeatureManifest } from './feature.js';
import { notices } from './notices.js';
import { passwordless } from './passwordless.js';
import { profiles } from './profiles.js';
import { pwned } from './pwned.js';
import { sessionCache } from './session-cache.js';
import { sudo } from './sudo.js';
import { twoFactor } from './two-factor.js';
import { suggestion } from '../suggestion.js';

/** Every feature, in the order of `FEATURES` in authentication.module.ts. */
export const FEATURES: readonly FeatureManifest[] = [
  sudo,
  twoFactor,
  passwordless,
  activity,
  notices,
  pwned,
  devices,
  applications,
  profiles,
  sessionCache,
];

/**
 * The features of `--features`, with those that they require.
 * @param wanted `all`, `none`, or names separated by commas
 */
export function chosenFeatures(wanted: string, known = FEATURES): FeatureManifest[] {
  if (wanted === 'none') return [];
  if (wanted === 'all') return [...known];
  const names = wanted
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const chosen = new Set<string>();
  for (const name of names) choose(name, known, chosen);
  return known.filter(({ name }) => chosen.has(name));
}

function choose(name: string, known: readonly FeatureManifest[], chosen: Set<string>): void {
  if (chosen.has(name)) return;
  const feature = known.find((candidate) => candidate.name === name);
  if (feature === undefined) {
    const names = known.map((candidate) => candidate.name);
    throw new WrongUsage(
      `--features takes all, none, or some of ${names.join(', ')}; it got ${JSON.stringify(name)}.${suggestion(name, names)}`,
    );
  }
  chosen.add(name);
  for (const required of feature.requires) choose(required, known, chosen);
}
