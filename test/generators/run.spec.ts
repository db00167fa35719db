import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Conflicting, Failure } from '../../generators/failure.js';
import { parseFlags } from '../../generators/options.js';
import { PackageTree } from '../../generators/package-tree.js';
import { Run, type Confirm } from '../../generators/run.js';
import { HOST, writeFiles } from './host.js';

const tree = new PackageTree(process.cwd());
const MINE = 'src/authentication/core/users/user.entity.ts';

describe('add --force over a file of the owner', () => {
  let project: string;

  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), 'run-spec-'));
    writeFiles(project, { ...HOST, [MINE]: 'mine\n' });
  });
  afterEach(() => rmSync(project, { recursive: true, force: true }));

  const checked = async (confirm: Confirm | null, ...more: string[]): Promise<string> => {
    const run = new Run(parseFlags(['add', '--force', '--json', ...more]), tree, project, confirm);
    await run.makePlan({});
    expect(run.plan?.overwritten).toEqual([MINE]);
    return run.check();
  };

  it('needs --yes where nobody can be asked', async () => {
    await expect(checked(null)).rejects.toThrow(Conflicting);
    await expect(checked(null)).rejects.toThrow(`${MINE}. To agree, add --yes. Nothing was written.`);
    await expect(checked(null, '--yes')).resolves.toBe('no conflicts');
  });

  it('asks, and writes nothing without a yes', async () => {
    const asked: string[] = [];
    const no: Confirm = (question) => {
      asked.push(question);
      return Promise.resolve(false);
    };
    await expect(checked(no)).rejects.toThrow(Failure);
    expect(asked).toEqual([`Overwrite what is yours: ${MINE}?`]);
  });
});
