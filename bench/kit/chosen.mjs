// Which measures and contestants take part.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MEASURES } from '../measures/all.mjs';
import { arePeersInstalled, ROOT } from './installed.mjs';
import { UsageError } from './options.mjs';

/**
 * @param only names of measures or contestants; undefined for all
 * @returns the measures with their contestants, and who is left out and why
 * @throws UsageError
 */
export function chosen(only) {
  const names = new Set(only);
  const measureNames = MEASURES.map(({ name }) => name);
  const all = [...new Set(MEASURES.flatMap(({ contestants }) => contestants.map(({ name }) => name)))];
  for (const name of names) {
    if (measureNames.includes(name) || all.includes(name)) continue;
    throw new UsageError(
      `Nothing is called "${name}". Measures: ${measureNames.join(', ')}. Contestants: ${all.join(', ')}.`,
    );
  }
  const leftOut = new Map();
  const measures = MEASURES.filter(({ name }) => isWanted(measureNames, names, name))
    .map((measure) => ({
      ...measure,
      contestants: measure.contestants.filter((contestant) => {
        // What the others are divided by is always measured.
        const { name, label } = contestant;
        if (name !== measure.floor && !isWanted(all, names, name)) return false;
        const reason = obstacle(contestant);
        if (reason !== undefined) leftOut.set(name, { label, reason });
        return reason === undefined;
      }),
    }))
    .filter(
      ({ contestants, floor }) => contestants.some(({ name }) => name !== floor) || isAlone(names, floor),
    );
  return { measures, leftOut: [...leftOut.values()] };
}

/** Naming none of a kind means all of it. */
const isWanted = (kind, names, name) => names.has(name) || !kind.some((each) => names.has(each));

const isAlone = (names, floor) => names.has(floor);

function obstacle({ isPeer = false, needs }) {
  if (isPeer && !arePeersInstalled()) {
    return 'the peers are not installed; npm run bench without --short installs them';
  }
  if (needs !== undefined && !existsSync(join(ROOT, needs))) return `this build has no ${needs}`;
  return undefined;
}
