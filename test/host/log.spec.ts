import { rmSync } from 'node:fs';
import { PASSWORD } from '../support/application.js';
import { until } from '../support/until.js';
import { databaseUrl, ServerProcess, temporaryDirectory } from './server-process.js';

/** Ends the process by an error that nobody catches, when it gets the signal. */
const FATAL = `process.on('SIGUSR2', () => setImmediate(() => { throw new Error('nobody catches this'); }));`;

describe('The request log, whose lines wait for each other', () => {
  let directory: string;
  let server: ServerProcess;

  beforeEach(async () => {
    directory = temporaryDirectory();
    const variables = {
      DATABASE_URL: databaseUrl(directory),
      LOG_LEVEL: 'info',
      NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(FATAL)}"`,
    };
    server = await ServerProcess.start({ directory, variables });
  });
  afterEach(async () => {
    await server.stop('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  });

  const statuses = (): unknown[] =>
    server.stdout
      .split('\n')
      .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : []))
      .filter(({ event }) => event === 'request')
      .map(({ status }) => status);
  const succeed = async (times: number): Promise<number[]> => {
    for (let time = 0; time < times; time += 1) await fetch(`${server.url}/health/live`);
    return Array.from({ length: times }, () => 200);
  };

  it('has each line soon', async () => {
    const expected = await succeed(3);
    await until(() => statuses().length === 3);
    expect(statuses()).toEqual(expected);
  });

  it('has all lines of a server that was told to stop', async () => {
    const expected = await succeed(100);
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    expect(statuses()).toEqual(expected);
  });

  it('has all lines of a server that ended by an error that nobody caught', async () => {
    const expected = await succeed(20);
    expect(await server.stop('SIGUSR2')).toMatchObject({ code: 1 });
    expect(server.stderr).toContain('nobody catches this');
    expect(statuses()).toEqual(expected);
  });

  it('writes what an outcome has to say after the lines that came before it', async () => {
    await succeed(1);
    const headers = { 'Content-Type': 'application/json' };
    const body = JSON.stringify({ email: 'log@example.com', password: PASSWORD });
    await fetch(`${server.url}/sign_in`, { method: 'POST', headers, body });
    await until(() => statuses().length === 2);
    const events = [...server.stdout.matchAll(/"event":"(request|sign_in_failed)"/g)].map(
      ([, event]) => event,
    );
    expect(events).toEqual(['request', 'sign_in_failed', 'request']);
  });
});
