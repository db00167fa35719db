import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import request from 'supertest';
import { PARTS } from '../../src/config/parts.js';
import { isEmbedded, PASSWORD } from '../support/application.js';
import { Relay } from '../support/relay.js';
import { until } from '../support/until.js';
import { builtServer, databaseUrl, ServerProcess, temporaryDirectory } from './server-process.js';

/** `npm run mails`, without npm. */
function mails(directory: string, url: string, ...words: string[]) {
  const command = join(dirname(builtServer()), 'mails', 'command.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...words], {
    cwd: directory,
    env: { PATH: process.env['PATH'], DATABASE_URL: url },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('npm run mails', () => {
  const directory = temporaryDirectory();
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('says how it is used', () => {
    expect(mails(directory, '', '--help')).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringContaining('retry --all') as string,
    });
  });

  it('refuses a wrong command in one line, with exit code 2', () => {
    for (const words of [
      ['remove'],
      ['retry'],
      ['retry', 'x'],
      ['list', 'x'],
      ['list', '--now'],
      ['retry', '--all', 'x'],
    ]) {
      const { status, stdout, stderr } = mails(directory, '', ...words);
      expect([words, status, stdout]).toEqual([words, 2, '']);
      expect(stderr).toMatch(/^.+\(--help says more\)\n$/);
    }
  });

  it('says in one line that the database cannot be used, with exit code 1', () => {
    for (const [url, complaint] of [
      ['pglite:memory', /^DATABASE_URL is pglite:memory/],
      ['pglite:nowhere', /^There is no database in nowhere/],
      ['postgres://127.0.0.1:1/none', /^The database at DATABASE_URL cannot be reached \(ECONNREFUSED\)/],
      ['mysql://x', /^DATABASE_URL takes /],
    ] as const) {
      const { status, stdout, stderr } = mails(directory, url, 'list');
      expect([url, status, stdout]).toEqual([url, 1, '']);
      expect(stderr).toMatch(complaint);
      expect(stderr.trimEnd()).not.toContain('\n');
    }
  });

  // With a transport of your own, this server sends nothing by SMTP.
  (PARTS.mail === undefined ? it : it.skip)(
    'lists mails that were not delivered, and queues them again',
    async () => {
      const relay = await Relay.listen();
      const url = databaseUrl(directory);
      const variables = { DATABASE_URL: url, SMTP_URL: relay.url, LOG_LEVEL: 'error' };
      const signUp = async (server: ServerProcess, email: string) => {
        const form = { email, password: PASSWORD, password_confirmation: PASSWORD };
        await request(server.url).post('/sign_up').send(form).expect(201);
      };
      let server = await ServerProcess.start({ directory, variables });
      relay.answers = { RCPT: '550 5.1.1 \u001b[31munknown' };
      await signUp(server, 'aside@example.com');
      await until(() => server.stdout.includes('mail_undeliverable'));
      relay.answers = { MAIL: '530 5.7.0 Authentication required' };
      await signUp(server, 'waits@example.com');
      await until(() => server.stdout.includes('mail_relay_refused'));
      if (isEmbedded()) {
        const { status, stderr } = mails(directory, url, 'list');
        expect(status).toBe(1);
        expect(stderr).toMatch(/^.*(?:open|use).*\n$/);
      }
      await server.stop();

      const list = mails(directory, url, 'list');
      expect(list).toMatchObject({ status: 0, stderr: '' });
      expect(list.stdout).toMatch(
        /waiting +email_verification +waits@example\.com .+ 530 5\.7\.0 Authentication/,
      );
      expect(list.stdout).toMatch(/set aside +email_verification +aside@example\.com .+ 1 +- .+550 5\.1\.1/);
      expect(list.stdout).toContain('1 waiting, 1 set aside');
      expect(list.stdout).not.toContain('\u001b');
      const listed = JSON.parse(mails(directory, url, 'list', '--json').stdout) as {
        id: string;
        state: string;
        address: string;
      }[];
      expect(listed.map(({ state, address }) => [state, address]).sort()).toEqual([
        ['set_aside', 'aside@example.com'],
        ['waiting', 'waits@example.com'],
      ]);
      const { id } = listed.find(({ state }) => state === 'set_aside')!;
      const missing = id.replace(/^.{8}/, '00000000');
      expect(mails(directory, url, 'retry', missing)).toMatchObject({ status: 1 });
      expect(mails(directory, url, 'retry', id)).toMatchObject({ status: 0, stderr: '' });
      expect(mails(directory, url, 'retry', '--all').stdout).toBe(
        '0 set aside: queued again\n2 waiting: tried now\n',
      );

      relay.answers = {};
      server = await ServerProcess.start({ directory, variables });
      for (const address of ['aside@example.com', 'waits@example.com'])
        await until(() => relay.to(address).length === 1);
      await server.stop();
      expect(mails(directory, url, 'list').stdout).toBe('No mail waits, and none was set aside.\n');
      await relay.close();
    },
    120_000,
  );
});
