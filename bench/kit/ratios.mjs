/** Two runs on the same machine may differ by so much. */
export const TOLERANCE = 0.15;
/** Two throughputs of nearly nothing differ by any factor. */
const NEGLIGIBLE = 0.02;

/** All ratios of a measure, by a name that stays the same from run to run. */
export function ratiosOf({ name, rows, value, floor, ours, pairs }) {
  if (value === 'kept') return Object.fromEntries(rows.map((row) => [`${name}: ${row.name}`, row.kept]));
  const ratios = {};
  for (const row of rows) {
    for (const [other, of] of [
      ...[floor, ours].filter((other) => other !== row.name).map((other) => [row.name, other]),
      ...pairs.filter(([first]) => first === row.name),
    ]) {
      const divisor = rows.find((each) => each.name === of);
      if (divisor !== undefined) ratios[`${name}: ${other} / ${of}`] = row[value] / divisor[value];
    }
  }
  return ratios;
}

/** @returns the lines to print, and whether all ratios that both have agree */
export function comparison(first, second) {
  const names = [...new Set([...Object.keys(first.ratios), ...Object.keys(second.ratios)])];
  const width = Math.max(...names.map((name) => name.length));
  let agrees = true;
  const lines = names.map((name) => {
    const [a, b] = [first.ratios[name], second.ratios[name]];
    if (a === undefined || b === undefined) {
      return `${name.padEnd(width)}  only in the ${a === undefined ? 'second' : 'first'}`;
    }
    const difference = Math.max(a, b) / Math.min(a, b) - 1;
    const tooMuch = difference > TOLERANCE && Math.abs(a - b) > NEGLIGIBLE;
    if (tooMuch) agrees = false;
    const shown = `${a.toFixed(2).padStart(7)} ${b.toFixed(2).padStart(7)} ${(difference * 100).toFixed(1).padStart(6)} %`;
    return `${name.padEnd(width)} ${shown}${tooMuch ? '  more than 15 %' : ''}`;
  });
  return { lines, agrees, common: names.some((name) => name in first.ratios && name in second.ratios) };
}
