// npm run bench: what an authenticated request and a sign-in cost, side by side. docs/performance.md describes it.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, chmodSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { chosen } from './kit/chosen.mjs';
import { Cleanup } from './kit/cleanup.mjs';
import { chosenCpus, pinSelf } from './kit/cpus.mjs';
import { buildIfOlder, installPeers, ROOT, versionsOf } from './kit/installed.mjs';
import { markdownOf } from './kit/markdown.mjs';
import { HELP, optionsOf, UsageError } from './kit/options.mjs';
import { Postgres } from './kit/postgres.mjs';
import { comparison, ratiosOf } from './kit/ratios.mjs';
import { progress, rounds } from './kit/rounds.mjs';
import { quantile } from './kit/statistics.mjs';
import { Stage } from './kit/stage.mjs';

const SIZES = {
  full: { requests: 500, warmUp: 8000, signIns: 30, seconds: 2 },
  short: { requests: 200, warmUp: 200, signIns: 8, seconds: 0.2 },
};

const cleanup = new Cleanup();
try {
  process.exitCode = await main(optionsOf(process.argv.slice(2)));
} catch (error) {
  progress('');
  // After a signal the failures of what was stopped are no news.
  if (!cleanup.hasBegun)
    process.stderr.write(`${error instanceof UsageError ? error.message : error.stack}\n`);
  process.exitCode ??= 1;
} finally {
  await cleanup.run();
}
// A connection that somebody kept open must not keep this process.
process.exit();

async function main(options) {
  if (options.help) return print(HELP);
  if (options.compare) return compare(...options.files);
  chosen(options.only);
  buildIfOlder();
  if (!options.short) installPeers();
  const result = await measured(options);
  store(result, options.out ?? join(ROOT, 'bench/results'));
  return 0;
}

function print(text) {
  process.stdout.write(text);
  return 0;
}

function compare(...files) {
  const [first, second] = files.map((file) => JSON.parse(readFileSync(file, 'utf8')));
  const { lines, agrees, common } = comparison(first, second);
  if (!common) throw new UsageError('These two results have no ratio in common.');
  print(`${lines.join('\n')}\n`);
  return agrees ? 0 : 1;
}

async function measured({ only, short, rounds: givenRounds, requests }) {
  const { measures, leftOut } = chosen(only);
  for (const { label, reason } of leftOut) process.stderr.write(`Left out: ${label}: ${reason}\n`);
  const kind = short ? 'short' : 'full';
  const size = { ...SIZES[kind], ...(requests === undefined ? {} : { requests }) };
  const cpu = chosenCpus();
  if (cpu !== null) pinSelf(cpu.load);
  const folder = temporaryFolder();
  const postgres = await Postgres.open({ cleanup, folder, cpu: cpu?.postgres });
  assertConnections(measures, postgres);
  const people = Math.max(...measures.map((measure) => measure.people[kind]));
  const stage = new Stage({ cleanup, postgres, people, folder, cpu: cpu?.server });
  await stage.prepare();
  const results = [];
  for (const measure of measures) {
    const count = givenRounds ?? measure.rounds[kind];
    const sizes = { ...size, people: measure.people[kind] };
    results.push(await measureAll({ measure, count, stage, postgres, size: sizes, cpu: cpu?.server }));
  }
  return {
    date: new Date().toISOString(),
    short,
    machine: machineOf(cpu, postgres),
    others: quantile(
      results.flatMap(({ rows }) => rows.map(({ others = null }) => others)),
      0.5,
    ),
    sizes: size,
    measures: results,
    ratios: Object.assign({}, ...results.map(ratiosOf)),
    versions: Object.fromEntries(
      measures.flatMap(({ contestants }) => contestants.map((each) => [each.label, versionsOf(each)])),
    ),
    leftOut,
  };
}

async function measureAll({ measure, count, stage, postgres, size, cpu }) {
  const { name, title, contestants, unit, value, floor, ours, pairs } = measure;
  const all = await stage.enter(contestants, (who) => progress(`${title}: ${who} starts`));
  for (const running of all) {
    progress(`${title}: ${running.contestant.name} warms up`);
    await measure.warm?.({ stage, running, size });
  }
  const visit = (running) => measure.visit({ stage, postgres, running, size, cpu });
  const rows = await rounds({ title, running: all, count, visit });
  measure.check?.(rows);
  return { name, title, clients: size.people, unit, value, floor, ours, pairs, rows };
}

/** Each contestant has a pool of ten, and one connection more. @throws UsageError */
function assertConnections(measures, { connections }) {
  const counts = measures.map(
    ({ contestants }) => contestants.filter((each) => each.schema ?? each.isPeer).length,
  );
  const needed = 11 * Math.max(...counts) + 5;
  if (connections >= needed) return;
  throw new UsageError(
    `The Postgres of DATABASE_URL takes ${connections} connections, and all contestants together need ${needed}. ` +
      'Raise max_connections, unset DATABASE_URL to measure on a cluster of our own, or measure fewer (--only).',
  );
}

/** Postgres may run as another user, who has to get in. */
function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  return folder;
}

function machineOf(cpu, { version, isOwn, showsCpu }) {
  const known = cpus();
  return {
    cpu: known[0]?.model.trim() ?? 'unknown CPU',
    cores: known.length,
    system: `${platform()} ${release()} ${arch()}`,
    node: process.versions.node,
    postgres: version,
    pinned: pinnedTo(cpu, isOwn, showsCpu),
  };
}

function pinnedTo(cpu, isOwn, showsCpu) {
  const postgres = isOwn ? 'Postgres is a cluster of our own' : 'Postgres is the server of DATABASE_URL';
  const seen = showsCpu ? '' : ', whose CPU time cannot be read from here';
  if (cpu === null) return `Nothing was pinned to a CPU (no taskset, or one CPU). ${postgres}${seen}.`;
  const where = isOwn ? ` on CPU ${cpu.postgres}` : ', which is not pinned';
  return `Servers on CPU ${cpu.server}, load generator on CPU ${cpu.load}. ${postgres}${where}${seen}.`;
}

function store(result, folder) {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, result.date.slice(0, 19).replaceAll(':', '-'));
  const markdown = markdownOf(result);
  writeFileSync(`${file}.json`, `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(`${file}.md`, markdown);
  print(markdown);
  process.stderr.write(`Stored as ${file}.json and ${file}.md\n`);
}
