import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import pg from 'pg';
import { killAll, must, run } from './processes.mjs';

const PACKAGE = 'nest-authentication-zero';

/** The temporary folder, the packed and installed package, and the databases of a run. */
export class Workshop {
  repository = fileURLToPath(new URL('../../..', import.meta.url));
  /** URL of a Postgres server; null: the embedded database */
  server = /^postgres(ql)?:/.test(process.env.DATABASE_URL ?? '') ? process.env.DATABASE_URL : null;
  databases = [];
  /** a new project with every feature and a real install, made by the first check that needs it */
  full = { cwd: null, isTested: false };
  queue = Promise.resolve();

  static async open() {
    const workshop = new Workshop();
    workshop.folder = mkdtempSync(join(tmpdir(), 'generator-check-'));
    chmodSync(workshop.folder, 0o755);
    return workshop;
  }

  async close() {
    killAll();
    for (const name of this.databases)
      await this.onServer(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`).catch(() => undefined);
    this.databases = [];
    if (process.env.GENERATOR_CHECK_KEEP === undefined)
      rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
    else process.stdout.write(`Kept: ${this.folder}\n`);
  }

  /** Packs the package and installs it in an empty folder, as a user gets it. */
  async installTool() {
    const home = this.emptyFolder('tool');
    await must('npm', ['pack', '--pack-destination', home], { cwd: this.repository });
    const [tarball] = readdirSync(home).filter((name) => name.endsWith('.tgz'));
    await must('npm', ['init', '-y'], { cwd: home });
    await must('npm', ['install', `./${tarball}`], { cwd: home });
    this.toolRoot = join(home, 'node_modules', PACKAGE);
    this.bin = join(home, 'node_modules', '.bin', PACKAGE);
  }

  /** A module of the installed package. */
  toolModule(path) {
    return import(pathToFileURL(join(this.toolRoot, 'dist/generator/generators', path)).href);
  }

  tool(args, options = {}) {
    return run(process.execPath, [this.bin, ...args], options);
  }

  mustTool(args, options = {}) {
    return must(process.execPath, [this.bin, ...args], options);
  }

  async fullProject() {
    if (this.full.cwd !== null) return this.full.cwd;
    await this.mustTool(['new', 'full', '--features', 'all', '--yes'], { cwd: this.folder, minutes: 8 });
    this.full.cwd = join(this.folder, 'full');
    return this.full.cwd;
  }

  /** Runs one test suite at a time: each has several workers, and two suites at once would be slow enough to fail. */
  alone(work) {
    const done = this.queue.then(work);
    this.queue = done.catch(() => undefined);
    return done;
  }

  emptyFolder(name) {
    const folder = join(this.folder, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** DATABASE_URL of an empty database; null without a server. */
  async database() {
    if (this.server === null) return null;
    const name = `generator_check_${process.pid}_${this.databases.length + 1}`;
    this.databases.push(name);
    await this.onServer(`CREATE DATABASE "${name}"`);
    const url = new URL(this.server);
    url.pathname = `/${name}`;
    return url.href;
  }

  async onServer(statement, url = this.server) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return await client.query(statement);
    } finally {
      await client.end();
    }
  }
}
