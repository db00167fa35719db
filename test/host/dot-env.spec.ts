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

  it('is read with a byte order mark, in UTF-8 and UTF-16, as Notepad saves it', () => {
    const text = 'APP_NAME=Ünïcode 🙂\r\nMAIL_FROM="Acme # 1 <a@b.example>" # comment\r\nexport HOST=::1\r\n';
    const big = Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
    for (const bytes of [text, `\ufeff${text}`, Buffer.from(`\ufeff${text}`, 'utf16le'), big]) {
      writeFileSync(file, bytes);
      expect(environmentVariables(file)).toMatchObject({
        APP_NAME: 'Ünïcode 🙂',
        MAIL_FROM: 'Acme # 1 <a@b.example>',
        HOST: '::1',
      });
    }
    for (const empty of ['', '\ufeff', 'A']) {
      writeFileSync(file, empty);
      expect(environmentVariables(file)).toMatchObject({ PATH: before['PATH'] });
    }
  });

  it('in another encoding, or with a NUL, stops the start with one line that names it', () => {
    const cases = {
      'Latin-1': Buffer.from('APP_NAME=Ünï', 'latin1'),
      'UTF-16 without a mark': Buffer.from('APP_NAME=Acme', 'utf16le'),
      'UTF-16 that is cut': Buffer.from('fffe410', 'hex').subarray(0, 3),
      'UTF-32': Buffer.from('fffe00004100000042000000', 'hex'),
      NUL: Buffer.from('APP_NAME=Ac\0me'),
    };
    for (const [name, bytes] of Object.entries(cases)) {
      writeFileSync(file, bytes);
      expect([name, messageOf(() => environmentVariables(file))]).toEqual([
        name,
        `${file} cannot be read as text: save it as UTF-8`,
      ]);
    }
  });

  it('may be missing', () => {
    expect(environmentVariables(join(folder, 'none'))).toMatchObject({ PATH: before['PATH'] });
  });
});

function messageOf(run: () => unknown): string {
  try {
    run();
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
}
