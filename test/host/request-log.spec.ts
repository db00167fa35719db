import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogOutput } from '../../src/logging/log-output.js';
import { createLogger } from '../../src/logging/logger.js';
import { RequestLog } from '../../src/logging/request-log.js';

describe('The lines of requests', () => {
  let directory: string;
  let path: string;
  let fd: number;
  let output: LogOutput;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'log-'));
    path = join(directory, 'log');
    fd = openSync(path, 'w');
    output = new LogOutput(fd);
  });
  afterEach(() => {
    output.flush();
    closeSync(fd);
    rmSync(directory, { recursive: true });
  });

  const written = (): string => readFileSync(path, 'utf8');

  it('wait until another line is written, and keep their order', () => {
    output.later.write('1\n');
    output.later.write('2\n');
    expect(written()).toBe('');
    output.write('3\n');
    expect(written()).toBe('1\n2\n3\n');
    output.later.write('4\n');
    output.flush();
    expect(written()).toBe('1\n2\n3\n4\n');
  });

  it('are written at once when there are many', () => {
    const line = `${'x'.repeat(999)}\n`;
    for (let count = 0; count < 20; count += 1) output.later.write(line);
    expect(written().length).toBeGreaterThanOrEqual(16_000);
  });

  describe('of a server', () => {
    let server: Server;
    /** what the file has at the moment when an answer is sent */
    const found: string[] = [];

    beforeEach(async () => {
      found.length = 0;
      const log = new RequestLog(output);
      server = createServer((request, response) => {
        log.observe(request, response);
        response.once('finish', () => found.push(written()));
        response.writeHead(Number(/[0-9]{3}/.exec(request.url ?? '')?.[0])).end();
      });
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    });
    afterEach(() => {
      server.closeAllConnections();
      server.close();
    });

    const ask = async (status: number, headers: Record<string, string> = {}): Promise<void> => {
      const { port } = server.address() as AddressInfo;
      const [response] = (await once(
        // With characters that JSON escapes.
        get({ port, path: `/"answer\\${status}?token=hidden`, headers }),
        'response',
      )) as [IncomingMessage];
      response.resume();
    };

    it('wait after a success, and are written at once after a failure', async () => {
      for (const status of [200, 204, 404, 200, 500]) await ask(status);
      const statuses = found.map((text) =>
        [...text.matchAll(/"status":(\d+)/g)].map(([, status]) => Number(status)),
      );
      expect(statuses).toEqual([[], [], [200, 204, 404], [200, 204, 404], [200, 204, 404, 200, 500]]);
    });

    it('have a path without the query, and the trace', async () => {
      await ask(404, { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` });
      expect(JSON.parse(written())).toEqual({
        level: 30,
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
        event: 'request',
        method: 'GET',
        path: '/"answer\\404',
        status: 404,
        ms: expect.any(Number) as number,
        trace_id: 'a'.repeat(32),
        span_id: 'b'.repeat(16),
      });
    });
  });

  it('have no secrets, and all others are searched for some', () => {
    createLogger('info', output).info({ event: 'x', token: 'hidden', body: { password: 'hidden' } });
    expect(written()).toContain('"token":"[redacted]","body":{"password":"[redacted]"}');
  });
});
