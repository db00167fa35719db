import { VARIABLES } from '../src/config/variables.js';
import type { ComposedFile } from './compose.js';
import type { FeatureManifest } from './features/feature.js';
import type { Variable } from './transforms/env-example.js';

/** Every variable of the reference server, without those of features that are not there. */
export function variablesOf(dropped: readonly FeatureManifest[]): Variable[] {
  const gone = new Set(dropped.flatMap(({ settings }) => settings));
  return Object.entries(VARIABLES)
    .filter(([name]) => !gone.has(name))
    .map(([name, { fallback, meaning }]) => ({ name, fallback, meaning }));
}

/** Those alone that the copied source reads, and where its database is. */
export function readBy(files: readonly ComposedFile[], variables: readonly Variable[]): Variable[] {
  const texts = files.filter(({ from }) => from?.startsWith('src/') === true).map(({ text }) => text);
  return variables.filter(
    ({ name }) => name === 'DATABASE_URL' || texts.some((text) => text.includes(`'${name}'`)),
  );
}
