import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { TriedApplication } from '../../generators/try/application.js';
import { BuildOutput } from '../../generators/try/build-output.js';
import { journey } from '../../generators/try/journey.js';
import { MailSink } from '../../generators/try/mail-sink.js';
import { startCommands } from '../../generators/try/start-command.js';
import { writeFiles } from './host.js';

/** An answer of the application under trial: status, body, headers. */
type Answer = readonly [status: number, body: string, headers?: Record<string, string>];

const PAGE = '<!doctype html>\n<p>Confirm</p>';
const WRAPPED = (body: object): string => JSON.stringify({ statusCode: 201, data: body });
const PROBLEM = { 'Content-Type': 'application/problem+json; charset=utf-8' };

describe('The trial start', () => {
  let sink: MailSink;
  let server: Server;
  let answers: Record<string, (email: string) => Answer>;
  let api = '';

  beforeEach(async () => {
    sink = await MailSink.open();
    server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    api = `${origin}/api`;
    answers = {
      'POST /api/sign_up': (email) => [201, JSON.stringify({ id: 1, email })],
      'GET /api/link': () => [200, PAGE],
      'POST /api/sign_in': () => [201, '{"id":1}', { 'X-Session-Token': 'secret' }],
      'GET /api/me': () => [401, '{}', PROBLEM],
    };
  });
  afterEach(() => {
    sink.close();
    server.close();
    server.closeAllConnections();
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { email = '' } = JSON.parse(Buffer.concat(chunks).toString() || '{}') as { email?: string };
    const path = (request.url ?? '').replace(/\?.*/, '');
    const [status, body, headers] = answers[`${request.method ?? ''} ${path}`]?.(email) ?? [404, '{}'];
    if (path.endsWith('/sign_up') && status < 300) {
      // Long enough to be broken in quoted-printable.
      const text = `Open ${api}/link?token=${'a1='.repeat(40)} soon.`;
      await createTransport(sink.url).sendMail({ from: 'a@example.com', to: email, text });
    }
    response.writeHead(status, headers).end(body);
  }

  const found = (): Promise<string> =>
    journey(api, sink).then(
      () => 'works',
      (error: unknown) => (error as Error).message,
    );

  it('finds that sign-up, the mailed link and sign-in answer', async () => {
    expect(await found()).toBe('works');
  });

  it.each<[string, string, () => Answer, RegExp]>([
    ['a guard', 'POST /api/sign_up', () => [401, '{}', PROBLEM], /401: a guard .*routeDecorators/],
    [
      'a check of CSRF tokens',
      'POST /api/sign_up',
      () => [403, 'invalid csrf token'],
      /403: your check of CSRF/,
    ],
    ['a fault', 'POST /api/sign_up', () => [500, 'no table'], /is answered 500: no table/],
    [
      'a wrapper',
      'POST /api/sign_up',
      () => [201, WRAPPED({ id: 1 })],
      /\{ statusCode, data \}.*isAuthenticationRoute/,
    ],
    ['a wrapped page', 'GET /api/link', () => [200, WRAPPED({})], /page behind the mailed link .* no HTML/],
    ['a link elsewhere', 'GET /api/link', () => [404, '{}'], /mailed link .* 404, .*Check APP_URL/],
    ['a lost header', 'POST /api/sign_in', () => [201, '{"id":1}'], /without the header X-Session-Token/],
  ])('names %s', async (_, route, given, message) => {
    answers[route] = given;
    expect(await found()).toMatch(message);
  });

  it('says where our routes are, if they are elsewhere', async () => {
    api = api.replace('/api', '');
    expect(await found()).toMatch(/Our routes are at \/api, not at \/\. .*--global-prefix api/);
    delete answers['GET /api/me'];
    expect(await found()).toMatch(/found nowhere else/);
  });
});

describe('The application under trial', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'try spec-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (files: Readonly<Record<string, string>>): void => writeFiles(folder, files);
  const NODE = { command: process.execPath, args: ['main.cjs'] };
  const soon = (): number => Date.now() + 30_000;

  it('listens on a free port, whatever port it names, and ends with all that it started', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    write({
      'main.cjs': `require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
require('node:http').createServer((_, response) => response.end(process.env.DATABASE_URL)).listen(${port});`,
    });
    const application = await TriedApplication.on(folder);
    expect(await application.start([NODE], { DATABASE_URL: 'ours' }, soon())).toBe(true);
    expect(await (await fetch(application.base)).text()).toBe('ours');
    await application.stop();
    await expect(fetch(application.base)).rejects.toThrow();
    taken.close();
  });

  it('that does not start says why', async () => {
    write({ 'main.cjs': "throw new Error('REDIS_URL is missing');" });
    const application = await TriedApplication.on(folder);
    expect(await application.start([NODE], {}, soon())).toBe(false);
    expect(application.lastLines.join('\n')).toContain('REDIS_URL is missing');
    await application.stop();
  });

  it('that never answers is given up, and one that is stopped ends the wait', async () => {
    write({ 'main.cjs': 'setInterval(() => {}, 1000);' });
    const late = await TriedApplication.on(folder);
    expect(await late.start([NODE], {}, Date.now() + 500)).toBe(false);
    await late.stop();
    const stopped = await TriedApplication.on(folder);
    const start = stopped.start([NODE], {}, soon());
    await stopped.stop();
    expect(await start).toBe(false);
  });

  it('is left out if a build would change files in git, such as *.tsbuildinfo', () => {
    const project = mkdtempSync(join(tmpdir(), 'try-spec-'));
    const git = (...args: string[]): unknown => spawnSync('git', args, { cwd: project });
    try {
      git('init', '-q');
      writeFileSync(join(project, 'tsconfig.build.tsbuildinfo'), '{}');
      expect(new BuildOutput(project).watched).toBeNull();
      git('add', '.');
      expect(new BuildOutput(project).watched).toBe('tsconfig.build.tsbuildinfo');
    } finally {
      rmSync(project, { recursive: true });
    }
  });

  it('is started as its owner starts it', () => {
    const scripts = (given: object) => {
      write({ 'package.json': JSON.stringify({ scripts: given }), 'node_modules/.bin/nest': '' });
      return startCommands(folder, 'npm', null).map(({ command, args }) => [
        command.replace(/.*\//, ''),
        ...args,
      ]);
    };
    expect(scripts({ start: 'nest start', build: 'nest build' })).toEqual([['npm', 'run', 'start']]);
    expect(scripts({ start: 'node dist/main.js', build: 'tsc' })).toEqual([
      ['npm', 'run', 'build'],
      ['npm', 'run', 'start'],
    ]);
    expect(scripts({ start: 'nest start --watch' })).toEqual([['nest', 'start']]);
    expect(scripts({})).toEqual([['nest', 'start']]);
  });
});

describe('The process under trial', () => {
  it('ends when the generator was killed', async () => {
    const { PRELOAD } = await import('../../generators/try/preload.js');
    const folder = mkdtempSync(join(tmpdir(), 'preload-spec-'));
    const preload = join(folder, 'preload.cjs');
    writeFileSync(preload, PRELOAD);
    const gone = spawn(process.execPath, ['-e', '']);
    await once(gone, 'close');
    const child = spawn(process.execPath, ['--require', preload, '-e', 'setInterval(() => {}, 1000)'], {
      env: { ...process.env, AUTHENTICATION_TRY_PID: String(gone.pid), AUTHENTICATION_TRY_PORT: '0' },
    });
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(1);
    rmSync(folder, { recursive: true });
  });
});
