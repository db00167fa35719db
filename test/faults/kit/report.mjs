// The table, and what decides the exit code.
import { seconds } from './bench.mjs';

const COLUMNS = [
  'fault',
  'tries',
  'acknowledged',
  'lost',
  'duplicated',
  'outage',
  'longest request',
  'wrong answers',
  'time',
  'result',
];

/** A complaint that no second try takes back. */
export const STILL_OUT = 'no request succeeded after healing';

/** What one fault showed. @param bench null when it could not run */
export function resultOf({ name, says }, bench, { ms, error = null, notRun = null }) {
  const result = {
    name,
    says,
    notRun,
    seconds: Math.round(ms / 100) / 10,
    tries: bench?.answers.tries ?? 0,
    acknowledged: bench?.acknowledged ?? 0,
    lost: bench?.lost ?? [],
    duplicated: bench?.duplicated ?? 0,
    allowedDuplicates: bench?.allowedDuplicates ?? 0,
    outage: bench?.answers.outage ?? null,
    longest: bench?.answers.longest ?? 0,
    wrong: Object.fromEntries(bench?.answers.wrong ?? []),
    unmet: [...(bench?.unmet ?? [])],
    notes: [...(bench?.notes ?? [])],
  };
  if (error !== null) result.unmet.push(error);
  if (bench?.answers.isStillOut) result.unmet.push(STILL_OUT);
  const busy = bench?.answers.busy ?? 0;
  if (busy > 0) result.notes.push(`${busy} × 503 without a fault: the machine had too much to do`);
  if (bench?.answers.isTooBusy) result.unmet.push(`${busy} × 503 without a fault`);
  if (result.duplicated > result.allowedDuplicates)
    result.unmet.push(`${result.duplicated} mails came twice, at most ${result.allowedDuplicates} may`);
  return { ...result, isOk: notRun === null && isClean(result) };
}

function isClean({ lost, wrong, unmet }) {
  return lost.length === 0 && Object.keys(wrong).length === 0 && unmet.length === 0;
}

const wrongCount = ({ wrong }) => Object.values(wrong).reduce((sum, count) => sum + count, 0);

/** A table in Markdown, for the terminal and for docs/reliability.md alike. */
export function table(results) {
  const rows = results.map((result) => [
    result.name,
    ...(result.notRun === null
      ? [
          String(result.tries),
          String(result.acknowledged),
          String(result.lost.length),
          result.allowedDuplicates > 0
            ? `${result.duplicated} of ${result.allowedDuplicates}`
            : String(result.duplicated),
          result.outage === null ? '–' : seconds(result.outage),
          seconds(result.longest),
          String(wrongCount(result)),
        ]
      : Array(7).fill('–')),
    `${result.seconds.toFixed(0)} s`,
    result.notRun !== null ? 'not run' : result.isOk ? 'ok' : 'FAILED',
  ]);
  const widths = COLUMNS.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column].length)),
  );
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [line(COLUMNS), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** What was wrong with one fault, line by line. */
export function complaints({ name, lost, wrong, unmet, notRun }) {
  if (notRun !== null) return [`${name}: not run: ${notRun}`];
  return [
    ...unmet.map((text) => `${name}: ${text}`),
    ...Object.entries(wrong).map(([reason, count]) => `${name}: ${count} × ${reason}`),
    ...some(lost).map((text) => `${name}: lost: ${text}`),
  ];
}

function some(list) {
  return list.length <= 5 ? list : [...list.slice(0, 5), `and ${list.length - 5} more`];
}

/** 1 when something did not hold. A fault that could not be tried is no failure, and is never counted as passed. */
export function exitCode(results) {
  return results.some((result) => result.notRun === null && !result.isOk) ? 1 : 0;
}

export function summary(results) {
  const count = (test) => results.filter(test).length;
  return `${count((result) => result.isOk)} held, ${count((result) => result.notRun === null && !result.isOk)} did not, ${count((result) => result.notRun !== null)} not run`;
}
