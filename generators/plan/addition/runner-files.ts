import { posix } from 'node:path';
import type { Choices } from '../../choices.js';
import { ADDED_SPEC, type ComposedFile } from '../../compose.js';
import type { PackageTree } from '../../package-tree.js';
import { CONTRACT } from '../../specs.js';

/** The folder of our specs, their support and the configuration that runs them. */
export function testsOf({ testPath }: Choices): string {
  return `${testPath}/authentication`;
}

/** Jest before 30.5 warns of this option at each run. Without it, Jest may warn of a worker that ends late. */
const OPTION_OF_JEST_30_5 = /^ *\/\/ A new worker[^]*?workerGracefulExitTimeout.*\n/m;

/**
 * A configuration of the test runner for our specs only: the project's own configuration stays as it is.
 * @param jest version or range of the project's Jest; null: it has none, and gets ours
 */
export function runnerFiles(tree: PackageTree, choices: Choices, jest: string | null): ComposedFile[] {
  if (choices.specs === 'none') return [];
  const folder = testsOf(choices);
  const specs = `${folder}/**/*${ADDED_SPEC}`;
  const support = `${folder}/support/`;
  const root = posix.relative(folder, '.');
  const from = choices.testRunner === 'jest' ? 'jest.config.mjs' : 'templates/vitest/vitest.config.mjs';
  const changes: Record<string, string> =
    choices.testRunner === 'jest'
      ? {
          "testMatch: ['<rootDir>/test/**/*.spec.ts']": `rootDir: '${root}',\n  testMatch: ['<rootDir>/${specs}']`,
          '<rootDir>/test/support/': `<rootDir>/${support}`,
        }
      : {
          'import { defineConfig }': "import { fileURLToPath } from 'node:url';\nimport { defineConfig }",
          "include: ['test/**/*.spec.ts']": `root: fileURLToPath(new URL('${root}', import.meta.url)),\n    include: ['${specs}']`,
          "'test/support/": `'${support}`,
        };
  const text = Object.entries(changes).reduce(
    (done, [what, by]) => replaced(done, what, by),
    tree.read(from),
  );
  const isOld = jest !== null && isOlderJest(jest);
  return [
    { from, to: configOf(choices), text: isOld ? text.replace(OPTION_OF_JEST_30_5, '') : text },
    ...(choices.testRunner === 'jest' ? [] : ['vitest-setup.mjs', 'vitest-global-setup.mjs']).map((name) => ({
      from: `templates/vitest/${name}`,
      to: `${support}${name}`,
      text: tree.read(`templates/vitest/${name}`),
    })),
  ];
}

function isOlderJest(version: string): boolean {
  const [, major = '', minor = '0'] = /(\d+)(?:\.(\d+))?/.exec(version) ?? [];
  return Number(major) < 30 || (Number(major) === 30 && Number(minor) < 5);
}

/** The scripts that run all of our specs, and those of the contract. */
export function testScripts(choices: Choices): Record<string, string> {
  if (choices.specs === 'none') return {};
  const runner = choices.testRunner === 'jest' ? 'jest' : 'vitest run';
  const all = `${runner} --config ${configOf(choices)}`;
  const contract = choices.testPath + CONTRACT.slice('test'.length);
  return { 'test:authentication': all, 'verify:auth': `${all} ${contract}` };
}

function configOf(choices: Choices): string {
  return `${testsOf(choices)}/${choices.testRunner}.config.mjs`;
}

function replaced(text: string, what: string, by: string): string {
  if (!text.includes(what)) throw new Error(`the configuration no longer contains ${what}`);
  return text.replaceAll(what, by);
}
