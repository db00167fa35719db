/** @jest-environment node */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Interrupts } from '../../generators/plan/interrupt.js';
import type { Plan } from '../../generators/plan/plan.js';
import { repair, writeIntoProject } from '../../generators/plan/write-into.js';

const plan = (target: string): Plan => ({
  target,
  choices: {} as Plan['choices'],
  facts: [],
  files: [
    { path: 'src/new/a.ts', before: null, after: 'a' },
    { path: 'package.json', before: '{}', after: '{"x":1}' },
  ],
  kept: [],
  conflicts: [],
  overwritten: [],
  tsconfig: null,
  paste: [],
  notes: [],
});

/** Every file with its text. */
const snapshot = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path, entry.isFile() ? readFileSync(path, 'utf8') : 'folder'];
    }),
  );

describe('writing into a project', () => {
  let target: string;
  let before: Record<string, string>;

  beforeEach(() => {
    target = mkdtempSync(join(tmpdir(), 'generator-'));
    mkdirSync(join(target, 'src'));
    writeFileSync(join(target, 'package.json'), '{}');
    writeFileSync(join(target, 'package-lock.json'), 'lock');
    before = snapshot(target);
  });
  afterEach(() => rmSync(target, { recursive: true, force: true }));

  it('puts every file into place and leaves nothing else', async () => {
    await writeIntoProject(plan(target), new Interrupts(), () => Promise.resolve());
    expect(readFileSync(join(target, 'src/new/a.ts'), 'utf8')).toBe('a');
    expect(readFileSync(join(target, 'package.json'), 'utf8')).toBe('{"x":1}');
    expect(existsSync(join(target, '.authentication-zero'))).toBe(false);
  });

  it('leaves the project as it was when the install fails', async () => {
    const failing = writeIntoProject(plan(target), new Interrupts(), () => {
      writeFileSync(join(target, 'package-lock.json'), 'half');
      return Promise.reject(new Error('no network'));
    });
    await expect(failing).rejects.toThrow('no network');
    expect(snapshot(target)).toEqual(before);
  });

  it('leaves the project as it was on Ctrl-C', async () => {
    const interrupted = writeIntoProject(plan(target), new Interrupts(), () => {
      process.emit('SIGINT');
      return Promise.resolve();
    });
    await expect(interrupted).rejects.toThrow('Interrupted');
    expect(snapshot(target)).toEqual(before);
  });

  it('is repaired by the next run after a kill', async () => {
    await diesInTheMiddle();
    expect(snapshot(target)).not.toEqual(before);
    expect(repair(target)?.restored.sort()).toEqual(['package.json', 'src/new/a.ts']);
    expect(snapshot(target)).toEqual(before);
    expect(repair(target)).toBeNull();
  });

  it('is repaired except for files that were changed since', async () => {
    await diesInTheMiddle();
    writeFileSync(join(target, 'package.json'), 'mine');
    expect(repair(target)).toEqual({ restored: ['src/new/a.ts'], left: ['package.json'] });
    expect(readFileSync(join(target, 'package.json'), 'utf8')).toBe('mine');
  });

  it('is refused while another run is active', async () => {
    await diesInTheMiddle(process.ppid);
    expect(() => repair(target)).toThrow(/is active in this project/);
  });

  /** Leaves on the disk what a killed run leaves: new files, and the folder of the journal. */
  async function diesInTheMiddle(pid = 2 ** 22 + 1): Promise<void> {
    const journal = join(target, '.authentication-zero');
    let kept: Record<string, string> = {};
    await writeIntoProject(plan(target), new Interrupts(), () => {
      kept = snapshot(journal);
      return Promise.resolve();
    });
    for (const [path, text] of Object.entries(kept).sort()) {
      if (text === 'folder') mkdirSync(path, { recursive: true });
      else {
        mkdirSync(join(path, '..'), { recursive: true });
        writeFileSync(path, text.replace(`"pid":${process.pid}`, `"pid":${pid}`));
      }
    }
  }
});
