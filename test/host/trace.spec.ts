import { rmSync } from 'node:fs';
import { HTTP_ADAPTERS } from '../../src/config/http-adapters.js';
import { PASSWORD } from '../support/application.js';
import { until } from '../support/until.js';
import { databaseUrl, ServerProcess, temporaryDirectory } from './server-process.js';

const SPAN = '00f067aa0ba902b7';
const traceOf = (digit: string): string => digit.repeat(32);

type Line = Record<string, unknown>;

for (const adapter of HTTP_ADAPTERS) {
  it(`the log bears the trace of a request in each of its lines, and of its mail, on ${adapter}`, async () => {
    const directory = temporaryDirectory();
    const server = await ServerProcess.start({
      directory,
      variables: { HTTP_ADAPTER: adapter, DATABASE_URL: databaseUrl(directory), LOG_LEVEL: 'info' },
    });
    const email = `trace.${adapter}@example.com`;
    const send = async (path: string, traceparent: string | undefined, body: unknown): Promise<void> => {
      const headers = {
        'Content-Type': 'application/json',
        ...(traceparent === undefined ? {} : { traceparent }),
      };
      await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    };
    const parent = (digit: string) => `00-${traceOf(digit)}-${SPAN}-01`;
    await send('/sign_up', parent('a'), { email, password: PASSWORD, password_confirmation: PASSWORD });
    await send('/sign_in', parent('b'), { email, password: 'this is not the password' });
    await send('/sign_in', parent('c'), { email, password: PASSWORD });
    await fetch(`${server.url}/me`, {
      headers: { traceparent: parent('d'), 'X-Session-Token': 'A'.repeat(43) },
    });
    await fetch(`${server.url}/nowhere`, { headers: { traceparent: parent('e') } });
    await send('/sign_in', parent('f').toUpperCase(), { email, password: PASSWORD });
    await send('/sign_in', undefined, { email, password: PASSWORD });
    const lines = (): Line[] =>
      server.stdout.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Line] : []));
    const requests = () => lines().filter(({ event }) => event === 'request');
    await until(() => requests().length === 7 && lines().some(({ event }) => event === 'mail_sent'));
    const eventsOf = (digit: string) =>
      lines()
        .filter(({ trace_id: id }) => id === traceOf(digit))
        .map(({ event, span_id: span }) => `${String(event)} ${String(span)}`)
        .sort();
    const named = (...events: string[]) => events.map((event) => `${event} ${SPAN}`);
    expect(eventsOf('a')).toEqual(named('mail_sent', 'request', 'signed_up'));
    expect(eventsOf('b')).toEqual(named('request', 'sign_in_failed'));
    expect(eventsOf('c')).toEqual(named('request', 'signed_in'));
    expect(eventsOf('d')).toEqual(named('request', 'token_refused'));
    expect(eventsOf('e')).toEqual(named('request'));
    // One that is ill-formed, and none.
    const untraced = requests().filter((line) => !('trace_id' in line) && !('span_id' in line));
    expect(untraced).toHaveLength(2);
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  });
}
