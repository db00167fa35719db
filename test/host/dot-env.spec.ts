import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentVariables } from '../../src/config/dot-env.js';

describe('.env', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dot-env-'));
  const file = join(folder, '.env');
  const before = { ...process.env };
  afterEach(() => {
    process.env = { ...before };
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('lies beneath the environment, of which what is empty counts as unset', () => {
    writeFileSync(file, 'APP_NAME=Acme\nHOST=0.0.0.0\n');
    Object.assign(process.env, { HOST: '127.0.0.1', APP_NAME: '' });
    expect(environmentVariables(file)).toMatchObject({ APP_NAME: 'Acme', HOST: '127.0.0.1' });
  });

  it("does not tell the size of libuv's pool, which Node has made before it is read", () => {
    delete process.env['UV_THREADPOOL_SIZE'];
    writeFileSync(file, 'UV_THREADPOOL_SIZE=64\n');
    expect(environmentVariables(file)['UV_THREADPOOL_SIZE']).toBeUndefined();
    process.env['UV_THREADPOOL_SIZE'] = '8';
    expect(environmentVariables(file)['UV_THREADPOOL_SIZE']).toBe('8');
  });

  it('may be missing', () => {
    expect(environmentVariables(join(folder, 'none'))).toMatchObject({ PATH: before['PATH'] });
  });
});
