import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import request from 'supertest';
import { LOCK_FILE, lockDirectory } from '../../src/database/directory-lock.js';
import { EmbeddedDatabaseError } from '../../src/database/embedded-database-error.js';
import { ServerProcess, temporaryDirectory, type Ending } from './server-process.js';

/** CI sets more rounds. */
const ROUNDS = Number(process.env['TEST_ROUNDS'] ?? 1);

/** What the package looks for. */
const ALPINE = encodeURIComponent(
  "import fs from 'node:fs'; const real = fs.existsSync; fs.existsSync = (path) => path === '/etc/alpine-release' || real(path);",
);

describe('the directory of the embedded database', () => {
  let directory = '';
  const variables = { DATABASE_URL: 'pglite:data', LOG_LEVEL: 'warn' };
  const refused = (): Promise<ServerProcess & Ending> => ServerProcess.refused({ directory, variables });

  beforeEach(() => {
    directory = temporaryDirectory();
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  describe('lets one process in', () => {
    it('and no second one, also if that is this process', async () => {
      const unlock = await lockDirectory(directory);
      await expect(lockDirectory(directory)).rejects.toThrow(EmbeddedDatabaseError);
      unlock();
      (await lockDirectory(directory))();
    });

    it('also on a system for which the package has no binary, such as Alpine', async () => {
      // LIBC: argon2 would load the binary for Alpine, which does not run here.
      const alpine = { ...variables, LIBC: 'glibc', NODE_OPTIONS: `--import data:text/javascript,${ALPINE}` };
      const first = await ServerProcess.start({ directory, variables: alpine });
      const second = await ServerProcess.refused({ directory, variables: alpine });
      expect(second.stderr).toMatch(/data is open in another process/);
      await first.stop('SIGKILL');
      const third = await ServerProcess.start({ directory, variables: alpine });
      expect(await third.stop()).toEqual({ code: 0, signal: null });
    });

    it('when several start at the same time', async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const starts = [1, 2, 3].map(() =>
          ServerProcess.start({ directory, variables }).catch((error: unknown) => String(error)),
        );
        const servers = await Promise.all(starts);
        const winners = servers.filter((server) => server instanceof ServerProcess);
        expect(winners).toHaveLength(1);
        for (const loser of servers.filter((server) => typeof server === 'string')) {
          expect(loser).toMatch(/The embedded database in \S+data is open in another process/);
        }
        await request(winners[0]!.url).get('/health/ready').expect(200);
        expect(await winners[0]!.stop()).toEqual({ code: 0, signal: null });
      }
    });

    it('after one that was killed, whose process id another process has now', async () => {
      const killed = await ServerProcess.start({ directory, variables });
      await killed.stop('SIGKILL');
      const file = join(directory, 'data', LOCK_FILE);
      expect(readFileSync(file, 'utf8')).toContain(`process ${killed.pid} on `);
      // Of a server with the lock of an older version, and of this one.
      writeFileSync(`${join(directory, 'data')}.lock`, String(process.pid));
      writeFileSync(file, `process ${process.pid} on this-host\n`);
      const next = await ServerProcess.start({ directory, variables });
      expect(await next.stop()).toEqual({ code: 0, signal: null });
    });
  });

  describe('that cannot be opened stops the start with one line, and stays as it is', () => {
    const lineOf = async (): Promise<string> => {
      const { stderr, stdout, code } = await refused();
      expect({ code, stdout: stdout.trim() }).toEqual({ code: 1, stdout: '' });
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(stderr).toContain(join(directory, 'data'));
      expect(stderr).toContain('DATABASE_URL');
      return stderr;
    };

    it('of another version of Postgres', async () => {
      await (await ServerProcess.start({ directory, variables })).stop();
      const version = join(directory, 'data/PG_VERSION');
      const control = join(directory, 'data/global/pg_control');
      const before = readFileSync(control);
      writeFileSync(version, '16\n');
      expect(await lineOf()).toMatch(/made by Postgres 16, and this PGlite has Postgres \d+\. .*[Dd]ump/);
      expect(readFileSync(control)).toEqual(before);
      writeFileSync(version, '18\n');
      await (await ServerProcess.start({ directory, variables })).stop();
    });

    it('with the files of something else', async () => {
      mkdirSync(join(directory, 'data'));
      writeFileSync(join(directory, 'data/letter.txt'), 'Dear Ada');
      expect(await lineOf()).toMatch(/has files \(such as letter\.txt\) but no database: set DATABASE_URL/);
    });

    it('with some files of a database only', async () => {
      mkdirSync(join(directory, 'data'));
      writeFileSync(join(directory, 'data/PG_VERSION'), '18\n');
      expect(await lineOf()).toMatch(/files are missing, damaged or not writable/);
    });

    it('which is a file', async () => {
      writeFileSync(join(directory, 'data'), 'Dear Ada');
      expect(await lineOf()).toMatch(/it is not a directory/);
    });
  });

  it('is opened after a first start that was killed while it made the database', async () => {
    mkdirSync(join(directory, 'data'));
    mkdirSync(join(directory, 'data/base'));
    writeFileSync(join(directory, 'data/postgresql.conf'), '# half of');
    const server = await ServerProcess.start({ directory, variables });
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  });
});
