import { VARIABLES } from '../src/config/variables.js';
import type { ComposedFile } from './compose.js';
import type { FeatureManifest } from './features/feature.js';
import type { Variable } from './transforms/env-example.js';

/** Every variable of the reference server, without those of the features that are left out. */
export function variablesOf(dropped: readonly FeatureManifest[]): Variable[] {
  const gone = new Set(dropped.flatMap(({ settings }) => settings));
  return Object.entries(VARIABLES)
    .filter(([name]) => !gone.has(name))
    .map(([name, { fallback, meaning }]) => ({ name, fallback, meaning }));
}

/** Only the variables that the copied source reads, and `DATABASE_URL`. */
export function readBy(files: readonly ComposedFile[], variables: readonly Variable[]): Variable[] {
  const texts = files.filter(({ from }) => from?.startsWith('src/') === true).map(({ text }) => text);
  return variables.filter(
    ({ name }) => name === 'DATABASE_URL' || texts.some((text) => text.includes(`'${name}'`)),
  );
}
