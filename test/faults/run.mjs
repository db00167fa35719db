// Faults against real processes, started as production starts them.
//
//   npm run build && npm run test:faults -- [NAME…] [--short] [--jobs N] [--json FILE] [--list] [--help]
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FAULTS } from './faults/index.mjs';
import { Bench } from './kit/bench.mjs';
import { Postgres } from './kit/postgres.mjs';
import { complaints, exitCode, resultOf, STILL_OUT, summary, table } from './kit/report.mjs';
import { Scope } from './kit/scope.mjs';
import { isRoot, mayUnshare, missingTools } from './kit/tools.mjs';

const USAGE = `npm run test:faults -- [NAME…] [options]

  NAME         only these faults, or all whose name begins with NAME
  --short      a small form of each, within five minutes on two cores
  --jobs N     how many faults at the same time (3); those that measure times run alone
  --json FILE  the results as JSON too
  --list       the names of the faults, and what each does
`;
/** A fault that takes longer is stuck. */
const PATIENCE = { short: 240_000, full: 900_000 };

const { values, positionals } = options();
if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
if (values.list) {
  for (const { name, says, fullOnly } of FAULTS)
    say(`${name.padEnd(26)} ${says}${fullOnly ? ' (not in the short form)' : ''}`);
  process.exit(0);
}
const chosen = choose(positionals).filter(({ fullOnly }) => !(values.short && fullOnly));
stopOnMissing(chosen);
selfTest();

const shared = new Shared();
const results = [];
let isInterrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    isInterrupted = true;
    say('\nStopping: ending all processes');
    void Scope.closeAll().then(() => process.exit(130));
  });
}
process.on('unhandledRejection', (error) => {
  say(`A defect of the tests: ${error?.stack ?? error}`);
  void Scope.closeAll().then(() => process.exit(2));
});

const started = performance.now();
const together = chosen.filter(({ alone }) => !alone);
await Promise.all(Array.from({ length: Number(values.jobs) }, worker(together)));
await worker(chosen.filter(({ alone }) => alone))();
await onceMoreAlone();
await Scope.closeAll();

results.sort(
  (a, b) => FAULTS.findIndex(({ name }) => name === a.name) - FAULTS.findIndex(({ name }) => name === b.name),
);
say(`\n${table(results)}\n`);
for (const line of results.flatMap((result) => (result.isOk ? [] : complaints(result)))) say(line);
say(`\n${summary(results)}; ${((performance.now() - started) / 1000).toFixed(0)} s`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
process.exit(exitCode(results));

function worker(queue) {
  return async () => {
    for (let fault = queue.shift(); fault !== undefined && !isInterrupted; fault = queue.shift()) {
      const result = await play(fault);
      results.push(result);
      const verdict = result.notRun !== null ? 'not run' : result.isOk ? 'ok' : 'FAILED';
      say(
        `${verdict.padEnd(8)} ${fault.name} (${result.seconds.toFixed(1)} s)${result.notes.map((text) => `\n           ${text}`).join('')}`,
      );
      if (!result.isOk) for (const line of complaints(result)) say(`         - ${line}`);
    }
  };
}

/**
 * A fault that was too slow for its limits is tried once more with the machine to itself, and its line says so. What was
 * lost, answered wrongly, or mailed twice is never tried again, and neither is a server that did not come back.
 */
async function onceMoreAlone() {
  const slow = results.filter(
    ({ isOk, notRun, lost, wrong, unmet, duplicated, allowedDuplicates }) =>
      !isOk &&
      notRun === null &&
      lost.length === 0 &&
      duplicated <= allowedDuplicates &&
      !unmet.includes(STILL_OUT) &&
      Object.keys(wrong).length === 0,
  );
  for (const first of slow) {
    if (isInterrupted) return;
    say(`Once more, alone: ${first.name}`);
    results.splice(results.indexOf(first), 1);
    await worker(FAULTS.filter(({ name }) => name === first.name))();
    results.at(-1).notes.push(...first.unmet.map((text) => `at first: ${text}`));
  }
}

async function play(fault) {
  const begun = performance.now();
  const ms = () => performance.now() - begun;
  const notRun = cannotRun(fault);
  if (notRun !== null) return resultOf(fault, null, { ms: ms(), notRun });
  say(`…        ${fault.name}: ${fault.says}`);
  const bench = new Bench(fault.name, { isShort: values.short, shared, say });
  let error = null;
  try {
    const size = values.short ? fault.short : fault.full;
    const patience = values.short ? PATIENCE.short : PATIENCE.full;
    const end = await Promise.race([
      fault.run(bench, size ?? {}).then(() => 'done'),
      pause(patience, 'stuck', { ref: false }),
    ]);
    if (end === 'stuck') error = `did not end within ${patience / 1000} s`;
  } catch (thrown) {
    if (isInterrupted) return resultOf(fault, bench, { ms: ms(), error: 'interrupted' });
    error = (process.env.FAULTS_STACK ? thrown.stack : thrown.message) ?? String(thrown);
  }
  if (process.env.FAULTS_LOG && bench.server) say(bench.server.output.slice(-4000));
  await bench.scope.close();
  return resultOf(fault, bench, { ms: ms(), error });
}

function cannotRun({ needs = [] }) {
  if (needs.includes('root') && !isRoot) return 'it mounts a small file system, and that wants root';
  if (needs.includes('unshare') && !mayUnshare()) return 'this user may not make namespaces (unshare --pid)';
  return null;
}

function choose(names) {
  if (names.length === 0) return FAULTS;
  return names.flatMap((name) => {
    const exact = FAULTS.filter((fault) => fault.name === name);
    const found = exact.length > 0 ? exact : FAULTS.filter((fault) => fault.name.startsWith(name));
    if (found.length > 0) return found;
    process.stderr.write(`There is no fault ${name}: --list prints the names\n`);
    process.exit(2);
  });
}

function stopOnMissing(faults) {
  const wanted = new Set(['initdb', ...faults.flatMap(({ needs = [] }) => needs)]);
  const missing = missingTools([...wanted].filter((name) => !['root', 'unshare'].includes(name)));
  if (missing.length === 0) return;
  process.stderr.write(`${missing.join('\n')}\n`);
  process.exit(2);
}

/** A harness that cannot fail proves nothing: it must find planted losses first. */
function selfTest() {
  const script = fileURLToPath(new URL('self-test.mjs', import.meta.url));
  const { status } = spawnSync(process.execPath, [script], { stdio: 'inherit' });
  if (status !== 0) process.exit(2);
}

/** What is made once: a Postgres for the faults that do not harm it, and an embedded database. */
function Shared() {
  this.scope = new Scope('shared');
  this.databases = 0;
  let server;
  let embedded;
  this.embedded = (make) => (embedded ??= make(this.scope));
  this.postgres = () =>
    (server ??= Postgres.start(this.scope, this.scope, { settings: 'max_connections = 300\n' }));
}

function options() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        short: { type: 'boolean', default: false },
        jobs: { type: 'string', default: '3' },
        json: { type: 'string' },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
