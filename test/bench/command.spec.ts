import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const bench = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bench/run.mjs', ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};

describe('npm run bench', () => {
  let folder: string;
  const stored = (name: string, ratios: Record<string, number>): string => {
    const file = join(folder, name);
    writeFileSync(file, JSON.stringify({ ratios }));
    return file;
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bench-spec-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('names the options when one is unknown', () => {
    const { status, stderr } = bench('--round', '3');
    expect(status).toBe(1);
    expect(stderr).toContain('Unknown option --round. The options are --only, --rounds, --requests,');
  });

  it('names measures and contestants when --only has an unknown one', () => {
    const { status, stderr } = bench('--only', 'bare,lucia');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^Nothing is called "lucia"\. Measures: request, .+ Contestants: bare, /);
  });

  it('takes whole numbers only', () => {
    expect(bench('--rounds', '0').stderr).toBe('--rounds takes a whole number above 0; it got "0"\n');
  });

  it('compares two results that agree', () => {
    const first = stored('a.json', { 'request: ours / bare': 1.2, 'mixed: other': 0.001 });
    const second = stored('b.json', { 'request: ours / bare': 1.3, 'mixed: other': 0.004 });
    const { status, stdout } = bench('--compare', first, second);
    expect(stdout).toMatch(/^request: ours \/ bare +1\.20 +1\.30 +8\.3 %\n/);
    expect(status).toBe(0);
  });

  it('fails for a ratio that differs by more than 15 %', () => {
    const first = stored('a.json', { 'request: ours / bare': 1.2 });
    const second = stored('b.json', { 'request: ours / bare': 1.4, 'request: other / bare': 2 });
    const { status, stdout } = bench('--compare', first, second);
    expect(stdout).toMatch(/16\.7 % {2}more than 15 %\nrequest: other \/ bare +only in the second\n$/);
    expect(status).toBe(1);
  });
});
