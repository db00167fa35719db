import { createServer } from 'node:http';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import request from 'supertest';
import { identityEn } from '../../src/authentication/identity/identity.en.js';
import { unsupportedNode } from '../../src/config/node-version.js';
import { PARTS } from '../../src/config/parts.js';
import { PASSWORD } from '../support/application.js';
import { said } from '../support/texts.js';
import { until } from '../support/until.js';
import { databaseUrl, ServerProcess, temporaryDirectory, type Ending } from './server-process.js';

const EMAIL = 'grace@example.com';
const FORM = { email: EMAIL, password: PASSWORD, password_confirmation: PASSWORD };
const SMTP_URL = 'smtp://127.0.0.1:2525';
const OLD_NODE = 'Object.defineProperty(process,`versions`,{value:{...process.versions,node:`18.20.8`}})';
/** Skipped if `PARTS` has another mail transport: then SMTP_URL is not needed. */
const OPEN_MAILBOX = {
  'an open mailbox': { HOST: '0.0.0.0' },
  'production without anything': { NODE_ENV: 'production', APP_URL: '' },
};
const LINES_OF_OPEN_MAILBOX = {
  'an open mailbox': /^SMTP_URL must be set when HOST is not a loopback address; HOST is "0\.0\.0\.0"$/,
  'production without anything': /^DATABASE_URL, APP_URL, SMTP_URL, SECRET_KEY must be set in production \(/,
};
const EMBEDDED = { DATABASE_URL: 'pglite:data', APP_NAME: '', APP_URL: '', ROUTE_PREFIX: '', SMTP_URL: '' };

describe('node dist/main.js', () => {
  const directory = temporaryDirectory();
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  describe('that cannot start prints the reason in one line and exits with 1', () => {
    let taken: ReturnType<typeof createServer>;
    const refusals = new Map<string, ServerProcess & Ending>();
    const cases = (port: number): Record<string, Record<string, string>> => ({
      'a bad number': { PORT: 'http' },
      'a bad list': { CORS_ORIGINS: 'app.example' },
      'a bad database': { DATABASE_URL: 'mysql://root:hunter2@127.0.0.1/x' },
      'a percent sign that encodes nothing': { DATABASE_URL: 'postgres://root:50%hunter2@127.0.0.1/x' },
      'a taken port': { PORT: String(port), DATABASE_URL: databaseUrl(directory, 'first') },
      'no such host': { HOST: '192.0.2.1', SMTP_URL, DATABASE_URL: databaseUrl(directory, 'second') },
      'a database out of reach': { DATABASE_URL: 'postgres://root:hunter2@127.0.0.1:1/test' },
      ...(PARTS.mail === undefined ? OPEN_MAILBOX : {}),
      'production without a key': { NODE_ENV: 'production', SMTP_URL, DATABASE_URL: 'pglite:memory' },
      'several bad values': { PORT: 'http', LOG_LEVEL: 'loud', CORS_ORIGINS: 'null' },
      'little time to stop': { DRAIN_SECONDS: '30' },
      'an old Node': { NODE_OPTIONS: `--import "data:text/javascript,${OLD_NODE}"` },
    });

    beforeAll(async () => {
      taken = createServer();
      await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
      const waiting = Object.entries(cases((taken.address() as AddressInfo).port));
      const startNext = async (): Promise<void> => {
        for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
          const [name, variables] = next;
          refusals.set(name, await ServerProcess.refused({ directory, variables }));
        }
      };
      await Promise.all([startNext(), startNext(), startNext()]);
    }, 120_000);
    afterAll(() => taken.close());

    const LINES: Record<string, RegExp> = {
      'a bad number': /^PORT takes a whole number from 0 to 65535; it got "http"$/,
      'a bad list': /^CORS_ORIGINS takes a comma-separated list of origins.*; it got "app\.example"$/,
      'a bad database': /^DATABASE_URL takes postgres:/,
      'a percent sign that encodes nothing': /^DATABASE_URL has a % that encodes nothing: write %25/,
      'a taken port': /^PORT \d+ is already in use on 127\.0\.0\.1/,
      'no such host': /^HOST 192\.0\.2\.1 is not an address of this machine$/,
      'a database out of reach': /^The database at DATABASE_URL cannot be reached \(ECONNREFUSED\)/,
      ...(PARTS.mail === undefined ? LINES_OF_OPEN_MAILBOX : {}),
      'production without a key': /^SECRET_KEY must be set in production/,
      'several bad values':
        /^PORT takes [^;]*; it got "http"; CORS_ORIGINS takes [^;]*; it got "null"; LOG_LEVEL takes /,
      'little time to stop': /^STOP_SECONDS takes 32 or more/,
      'an old Node': /^Node 20\.19 or newer is needed; this is 18\.20\.8$/,
    };
    for (const [name, line] of Object.entries(LINES)) {
      it(name, () => {
        const { stderr = '', stdout, code } = refusals.get(name) ?? {};
        expect(stderr.trimEnd()).toMatch(line);
        expect(stderr.trimEnd().split('\n')).toHaveLength(1);
        expect(stderr).not.toContain('hunter2');
        expect(stdout).toBe('');
        expect(code).toBe(1);
      });
    }
  });

  it('knows which Node is too old', () => {
    expect(['18.20.8', '20.18.3', '4.0.0'].map(unsupportedNode)).not.toContain(null);
    expect(['20.19.0', '20.20.2', '21.0.0', '22.12.0', '24.1.0'].map(unsupportedNode)).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  describe('with a directory', () => {
    let token = '';
    let server: ServerProcess;

    beforeAll(async () => {
      writeFileSync(
        join(directory, '.env'),
        'APP_NAME=From the file\nROUTE_PREFIX=auth\nHASHING_PASSES=none\n',
      );
      // HASHING_PASSES comes from the environment. Variables that are empty there come from the file or are defaults.
      server = await ServerProcess.start({ directory, variables: EMBEDDED });
    }, 120_000);
    afterAll(() => server.stop('SIGKILL'));

    it('prints the addresses of the server, the mails and the docs, and a request to try', async () => {
      const [, port = ''] = /:(\d+)/.exec(server.url) ?? [];
      const base = `http://127.0.0.1:${port}/auth`;
      expect(server.stdout).toMatch(
        new RegExp(`Listening +${base}\n +Mails +${base}/dev/mailbox\n +Docs +${base}/docs\n`),
      );
      const [, url = '', body = ''] = /curl -i (\S+) [^]*?-d '([^']+)'/.exec(server.stdout) ?? [];
      await request(url).post('').type('json').send(body).expect(201);
      expect(server.stderr).toBe('');
    });

    it('reads .env for variables that the environment does not have or has empty', async () => {
      await request(server.url)
        .post('/sign_up')
        .send({ ...FORM, email: 'file@example.com' })
        .expect(201);
      const [mail] = await until(async () => {
        const { body } = await request(server.url).get('/dev/mailbox').set('Accept', 'application/json');
        return (body as { to: string; subject: string; text: string }[]).filter(
          ({ to }) => to === 'file@example.com',
        );
      });
      expect(mail?.subject).toBe(
        said(identityEn['email_verification.mail.subject'], { app: 'From the file' }),
      );
    });

    it('names SECRET_KEY if it cannot keep a key of its own', async () => {
      const elsewhere = temporaryDirectory();
      writeFileSync(join(elsewhere, '.data'), 'a file');
      const { stderr } = await ServerProcess.refused({ directory: elsewhere });
      expect(stderr).toMatch(
        /^SECRET_KEY is not set, and \.data\/secret-key cannot be kept \(E[A-Z]+\): [^\n]*\n$/,
      );
      rmSync(elsewhere, { recursive: true });
    });

    it('creates a secret key that only the owner of the file can read', () => {
      expect(Buffer.from(readFileSync(join(directory, '.data/secret-key'), 'utf8'), 'base64')).toHaveLength(
        32,
      );
      expect(statSync(join(directory, '.data/secret-key')).mode & 0o077).toBe(0);
    });

    it('refuses a second process on the same embedded database', async () => {
      const second = await ServerProcess.refused({ directory, variables: EMBEDDED });
      expect(second.stderr).toMatch(
        new RegExp(
          `^The embedded database in .* is open in another process \\(process ${server.pid} on \\S+\\)\\. [^\n]*\n$`,
        ),
      );
      expect(second.code).toBe(1);
      await request(server.url).get('/health/ready').expect(200);
    });

    it('keeps its data through a restart', async () => {
      await request(server.url).post('/sign_up').send(FORM).expect(201);
      const { headers } = await request(server.url).post('/sign_in').send(FORM_OF_SIGN_IN).expect(201);
      token = String(headers['x-session-token']);
      expect(await server.stop()).toEqual({ code: 0, signal: null });
      server = await ServerProcess.start({ directory, variables: EMBEDDED });
      await request(server.url).get('/me').set('X-Session-Token', token).expect(200);
    });

    it('starts again after it was killed', async () => {
      await request(server.url)
        .post('/sign_up')
        .send({ ...FORM, email: 'late@example.com' })
        .expect(201);
      await server.stop('SIGKILL');
      server = await ServerProcess.start({ directory, variables: EMBEDDED });
      await request(server.url).get('/me').set('X-Session-Token', token).expect(200);
      await request(server.url)
        .post('/sign_in')
        .send({ email: 'late@example.com', password: PASSWORD })
        .expect(201);
    });

    it('stops on SIGINT too', async () => {
      expect(await server.stop('SIGINT')).toEqual({ code: 0, signal: null });
    });
  });
});

const FORM_OF_SIGN_IN = { email: EMAIL, password: PASSWORD };
