import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { copyPrepared } from '../../src/database/prepared-database.js';
import { builtServer, ServerProcess } from './server-process.js';

/** The files of a small "database", which are enough for the copy. */
function writeDatabase(directory: string, content: string): void {
  mkdirSync(join(directory, 'base'), { recursive: true });
  mkdirSync(join(directory, 'pg_notify'));
  writeFileSync(join(directory, 'base/1'), content);
  writeFileSync(join(directory, 'PG_VERSION'), '18\n');
}

describe('A prepared database', () => {
  let folder: string;
  let prepared: string;
  let data: string;
  const copied = (): Promise<boolean> => copyPrepared(data, prepared);
  const content = (): string => readFileSync(join(data, 'base/1'), 'utf8');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'prepared-'));
    prepared = join(folder, 'embedded-database');
    data = join(folder, 'data');
    writeDatabase(prepared, 'new');
    mkdirSync(data);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('comes into an empty directory, beside the lock and the folder of a new file system', async () => {
    writeFileSync(join(data, 'process.lock'), '');
    mkdirSync(join(data, 'lost+found'));
    expect(await copied()).toBe(true);
    expect(readdirSync(data).sort()).toEqual([
      'PG_VERSION',
      'base',
      'lost+found',
      'pg_notify',
      'process.lock',
    ]);
    expect(content()).toBe('new');
  });

  it('never replaces a database', async () => {
    writeDatabase(data, 'of users');
    mkdirSync(join(data, 'prepared.part'));
    expect(await copied()).toBe(false);
    expect(content()).toBe('of users');
  });

  it('comes again after a start that was killed while it copied', async () => {
    mkdirSync(join(data, 'prepared.part/base'), { recursive: true });
    writeFileSync(join(data, 'prepared.part/base/1'), 'ne');
    expect(await copied()).toBe(true);
    expect(content()).toBe('new');
    expect(existsSync(join(data, 'prepared.part'))).toBe(false);
  });

  it('comes again after a start that was killed while it moved the files in', async () => {
    mkdirSync(join(data, 'base'));
    writeFileSync(join(data, 'base/2'), 'of another build');
    mkdirSync(join(data, 'prepared.part/pg_notify'), { recursive: true });
    expect(await copied()).toBe(true);
    expect(readdirSync(join(data, 'base'))).toEqual(['1']);
  });

  it('is not mixed with the files of an initdb that was killed', async () => {
    mkdirSync(join(data, 'base'));
    writeFileSync(join(data, 'postgresql.conf'), '# half of');
    expect(await copied()).toBe(false);
    expect(readdirSync(data).sort()).toEqual(['base', 'postgresql.conf']);
  });

  it('may be absent, also after a start that was killed while it copied', async () => {
    rmSync(prepared, { recursive: true });
    mkdirSync(join(data, 'prepared.part'));
    expect(await copied()).toBe(false);
    expect(readdirSync(data)).toEqual([]);
  });

  it('that Postgres cannot open does not stop the first start', async () => {
    writeFileSync(
      join(folder, 'main.mjs'),
      `await import(${JSON.stringify(pathToFileURL(builtServer()).href)});`,
    );
    const variables = { DATABASE_URL: `pglite:${data}`, SECRET_KEY: Buffer.alloc(32, 7).toString('base64') };
    const server = await ServerProcess.start({
      directory: folder,
      variables,
      program: join(folder, 'main.mjs'),
    });
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    expect(existsSync(join(data, 'base/1/PG_VERSION'))).toBe(true);
  });
});
