// The time from the start of the process to the first 200 of the readiness route, the CPU time until then, and the
// resident memory of the idle server. The contestants take turns, so that a slow moment of the machine meets all.
//   npm run build && npm run bundle && DATABASE_URL=postgres://… node bench/start.mjs [ROUNDS] [CONTESTANT …]
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { ownDatabase } from './kit/own-database.mjs';

const IDLE_MS = 3000;
/** Linux counts CPU time in ticks. */
const TICK_MS = 1000 / Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout || 100);

const [rounds = '9', ...chosen] = process.argv.slice(2);
const database = await ownDatabase('start');
const folder = mkdtempSync(join(tmpdir(), 'start-bench-'));

const CONTESTANTS = {
  reference: { program: 'bench/start/reference.mjs' },
  server: { program: 'dist/main.js' },
  bundle: { program: 'dist-bundle/main.mjs' },
  'server, first start on PGlite': { program: 'dist/main.js', embedded: true },
  'bundle, first start on PGlite': { program: 'dist-bundle/main.mjs', embedded: true },
};

try {
  const names = Object.keys(CONTESTANTS).filter(
    (name) => (chosen.length === 0 || chosen.includes(name)) && existsSync(CONTESTANTS[name].program),
  );
  const measured = Object.fromEntries(names.map((name) => [name, []]));
  // The first round migrates the database and fills the cache of the file system.
  for (const name of names) await once(name, 0);
  for (let round = 1; round <= Number(rounds); round++) {
    for (const name of names) measured[name].push(await once(name, round));
  }
  print(measured);
} finally {
  rmSync(folder, { recursive: true, force: true });
  await database.drop();
}

async function once(name, round) {
  const { program, embedded = false } = CONTESTANTS[name];
  const port = await freePort();
  const directory = join(folder, `${round}-${name.replace(/\W+/g, '-')}`);
  const begun = performance.now();
  const child = spawn(process.execPath, [program], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: embedded ? `pglite:${directory}` : database.url,
      PORT: String(port),
      LOG_LEVEL: 'warn',
    },
  });
  const exited = new Promise((done) => child.once('exit', done));
  try {
    await ready(port, child);
    const wall = performance.now() - begun;
    const cpu = cpuOf(child.pid);
    await pause(IDLE_MS);
    return { wall, cpu, memory: memoryOf(child.pid) };
  } finally {
    child.kill('SIGTERM');
    await exited;
    rmSync(directory, { recursive: true, force: true });
  }
}

async function ready(port, child) {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The process ended with ${child.exitCode}`);
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.status === 200) return;
    await pause(5);
  }
}

/** Milliseconds in user and system mode, of all threads. */
function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Resident megabytes */
function memoryOf(pid) {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(kilobytes) / 1024;
}

function print(measured) {
  const rows = Object.entries(measured).map(([name, runs]) => {
    const of = (key) => median(runs.map((run) => run[key]));
    return { name, wall: of('wall'), cpu: of('cpu'), memory: of('memory') };
  });
  const base = rows.find(({ name }) => name === 'reference') ?? rows[0];
  const cell = (row, key) => `${row[key].toFixed(0)} (${(row[key] / base[key]).toFixed(2)})`;
  process.stdout.write(
    `Node ${process.versions.node}, medians of ${rounds} rounds; in brackets the ratio to: ${base.name}\n\n`,
  );
  process.stdout.write(
    '| | first 200, ms | CPU until then, ms | idle memory, MB |\n| --- | ---: | ---: | ---: |\n',
  );
  for (const row of rows) {
    process.stdout.write(
      `| ${row.name} | ${cell(row, 'wall')} | ${cell(row, 'cpu')} | ${cell(row, 'memory')} |\n`,
    );
  }
}

function median(values) {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];
}

function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}
