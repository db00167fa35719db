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

  it('gives way to the environment, where an empty variable counts as unset', () => {
    writeFileSync(file, 'APP_NAME=Acme\nHOST=0.0.0.0\n');
    Object.assign(process.env, { HOST: '127.0.0.1', APP_NAME: '' });
    expect(environmentVariables(file)).toMatchObject({ APP_NAME: 'Acme', HOST: '127.0.0.1' });
  });

  it('cannot set UV_THREADPOOL_SIZE, which Node reads earlier', () => {
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
