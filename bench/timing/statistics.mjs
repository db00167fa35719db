/** @returns the middle of the samples */
export function median(samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(half)] : (sorted[half - 1] + sorted[half]) / 2;
}

/**
 * The Mann-Whitney test of two lists of samples, with equal samples counted as half.
 * @returns `auc`: how often a sample of the second list is larger than one of the first (0.5: no difference), and `p`:
 * how likely a difference as large as this is if there is none (two-sided, normal approximation)
 */
export function mannWhitney(first, second) {
  const ranked = [...first.map((value) => [value, 0]), ...second.map((value) => [value, 1])].sort(
    ([a], [b]) => a - b,
  );
  let rankSum = 0;
  for (let start = 0; start < ranked.length;) {
    let end = start + 1;
    while (end < ranked.length && ranked[end][0] === ranked[start][0]) end += 1;
    const rank = (start + 1 + end) / 2;
    for (let each = start; each < end; each += 1) rankSum += ranked[each][1] * rank;
    start = end;
  }
  const pairs = first.length * second.length;
  const larger = rankSum - (second.length * (second.length + 1)) / 2;
  const deviation = Math.sqrt((pairs * (first.length + second.length + 1)) / 12);
  return { auc: larger / pairs, p: 2 * upperTail(Math.abs(larger - pairs / 2) / deviation) };
}

/** The upper tail of the normal distribution (Abramowitz and Stegun 26.2.17, error below 7.5e-8). */
function upperTail(z) {
  const t = 1 / (1 + 0.2316419 * z);
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}
