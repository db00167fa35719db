// A result as Markdown, which is also what is printed.
const NONE = '–';

const time = (micros) => {
  if (micros === null) return NONE;
  return micros < 1000 ? `${micros.toFixed(0)} µs` : `${(micros / 1000).toFixed(1)} ms`;
};
const milliseconds = (value) => (value === null ? NONE : `${value.toFixed(value < 10 ? 2 : 0)} ms`);
const count = (value) => value.toFixed(value < 100 ? 1 : 0);
const megabytes = (bytes) => `${(bytes / 1_000_000).toFixed(0)} MB`;
const percent = (share) => `${(share * 100).toFixed(0)} %`;
/** Of the CPU of the servers: what others may take before the figures are in doubt. */
const CALM = 0.1;
const ratio = (value) => (value === undefined ? NONE : value.toFixed(value < 0.1 ? 3 : 2));

export function markdownOf({ date, machine, sizes, measures, ratios, versions, leftOut, short, others }) {
  return [
    ...(short
      ? ['**A short run, which only checks that all of it works: its figures mean nothing.**', '']
      : []),
    `${date}. ${machine.cpu}, ${machine.cores} cores, ${machine.system}; Node ${machine.node}, Postgres ${machine.postgres}.`,
    machine.pinned,
    ...(others > CALM
      ? [
          `**Other processes took ${percent(others)} of the CPU of the servers: measure again when it is quiet.**`,
        ]
      : []),
    '',
    ...measures.flatMap((measure) => [
      `### ${measure.title}`,
      '',
      `Rounds: ${measure.rows[0].samples.length}. ${descriptionOf(measure, sizes)}`,
      '',
      ...(measure.value === 'kept' ? mixedTable(measure) : costTable(measure, ratios)),
      '',
      ...pairLines(measure, ratios),
    ]),
    'CPU times are those of the lowest tenth of the rounds; all else is their median.',
    '',
    '### Versions',
    '',
    ...Object.entries(versions).map(([label, packages]) => `- ${label}: ${packages}`),
    ...(leftOut.length === 0 ? [] : ['', '### Left out', '']),
    ...leftOut.map(({ label, reason }) => `- ${label}: ${reason}`),
    '',
  ].join('\n');
}

function descriptionOf({ name, clients }, { requests, signIns }) {
  if (name === 'request') return `16 connections, ${requests} requests a round.`;
  if (name === 'mixed') return `16 connections for the GETs, ${clients} clients that sign in.`;
  return `${clients} clients, ${name === 'rate' ? signIns / 2 : signIns} sign-ins a round.`;
}

function costTable({ name, unit, rows, floor, ours }, ratios) {
  const references = [floor, ours].filter((wanted) => rows.some((row) => row.name === wanted));
  const labelOf = (wanted) =>
    wanted === floor ? floor : `"${rows.find((row) => row.name === wanted).label}"`;
  return table(
    [
      '',
      'CPU',
      ...references.map((wanted) => `to ${labelOf(wanted)}`),
      'CPU of Postgres',
      `${unit}s/s`,
      'p50',
      'p99',
      'memory',
    ],
    rows.map((row) => [
      row.label,
      time(row.cpu),
      ...references.map((of) => (row.name === of ? '1.00' : ratio(ratios[`${name}: ${row.name} / ${of}`]))),
      time(row.postgres),
      count(row.perSecond),
      milliseconds(row.p50),
      milliseconds(row.p99),
      megabytes(row.memory),
    ]),
  );
}

function mixedTable({ rows }) {
  return table(
    ['', 'GETs/s, quiet', 'GETs/s, busy', 'busy to quiet', 'sign-ins/s', 'p50, busy', 'p99, busy'],
    rows.map((row) => [
      row.label,
      count(row.quiet),
      count(row.busy),
      ratio(row.kept),
      count(row.signIns),
      milliseconds(row.p50),
      milliseconds(row.p99),
    ]),
  );
}

function pairLines({ name, rows, pairs }, ratios) {
  const labelOf = (wanted) => rows.find((row) => row.name === wanted)?.label;
  const lines = pairs.flatMap(([first, second]) => {
    const value = ratios[`${name}: ${first} / ${second}`];
    return value === undefined ? [] : [`- "${labelOf(first)}" to "${labelOf(second)}": ${ratio(value)}`];
  });
  return lines.length === 0 ? [] : [...lines, ''];
}

function table(head, rows) {
  const all = [head, ...rows];
  const widths = head.map((_, at) => Math.max(3, ...all.map((row) => row[at].length)));
  const line = (cells) =>
    `| ${cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join(' | ')} |`;
  const rule = `| ${widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)];
}
