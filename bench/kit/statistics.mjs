export function quantile(values, share) {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)];
  return low + (sorted[Math.ceil(at)] - low) * (at % 1);
}

/**
 * Other work on the machine can only add CPU time: it interrupts, and cools the caches. So the lowest rounds are those
 * that were disturbed least. Their tenth stays the same from run to run, where the median does not.
 */
const ONLY_GROWS = ['cpu', 'postgres'];

/** The lowest tenth of what other work can only make larger, and the median of everything else. */
export function summary(samples) {
  return Object.fromEntries(
    Object.keys(samples[0]).map((field) => [
      field,
      quantile(
        samples.map((sample) => sample[field]),
        ONLY_GROWS.includes(field) ? 0.1 : 0.5,
      ),
    ]),
  );
}
