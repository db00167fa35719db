import { distance as distanceOf } from 'fastest-levenshtein';

/** ` Did you mean X?`, with the known name that is closest to what was given; '' if none is close. */
export function suggestion(given: string, known: readonly string[]): string {
  const [closest] = known
    .map((name) => ({ name, distance: distanceOf(given.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return closest === undefined ? '' : ` Did you mean ${closest.name}?`;
}
