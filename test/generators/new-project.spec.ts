import { parseFlags } from '../../generators/options.js';
import { PackageTree } from '../../generators/package-tree.js';
import { newChoices } from '../../generators/plan/new-choices.js';
import { planNewProject } from '../../generators/plan/new-project.js';

const tree = new PackageTree(process.cwd());

describe('new with a package manager', () => {
  const filesOf = (manager: 'npm' | 'pnpm' | 'yarn', yarn: string | null = null) => {
    const flags = parseFlags(['new', 'shop', '--features', 'none']);
    const choices = { ...newChoices('/shop', flags, {}), packageManager: manager, yarn };
    const { files } = planNewProject(tree, choices, '/shop');
    return new Map(files.map(({ path, after }) => [path, after]));
  };

  it('writes the settings that it needs, and its commands', () => {
    const npm = filesOf('npm');
    expect([...npm.keys()].filter((path) => /yarnrc|pnpm-workspace/.test(path))).toEqual([]);
    expect(npm.get('Dockerfile')).toContain('RUN npm ci');

    const pnpm = filesOf('pnpm');
    expect(pnpm.get('pnpm-workspace.yaml')).toMatch(/^allowBuilds:\n {2}argon2: true$/m);
    expect(pnpm.get('Dockerfile')).toMatch(/^COPY .*pnpm-workspace\.yaml \.\/$/m);

    const classic = filesOf('yarn', '1.22.22');
    expect(classic.get('.yarnrc')).toMatch(/^ignore-engines true$/m);
    expect(classic.get('.github/workflows/ci.yml')).not.toContain('corepack');
    expect(classic.get('package.json')).not.toContain('"packageManager"');

    const modern = filesOf('yarn', '4.18.1');
    expect(modern.get('.yarnrc.yml')).toMatch(/^nodeLinker: node-modules$/m);
    expect(modern.get('package.json')).toContain('"packageManager": "yarn@4.18.1"');
  });
});
