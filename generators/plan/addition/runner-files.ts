import type { Choices } from '../../choices.js';
import { ADDED_SPEC, type ComposedFile } from '../../compose.js';
import type { PackageTree } from '../../package-tree.js';

/** A configuration of the test runner for our specs only: the project's own configuration stays as it is. */
export function runnerFiles(tree: PackageTree, { testRunner, testPath }: Choices): ComposedFile[] {
  const specs = `${testPath}/authentication/**/*${ADDED_SPEC}`;
  const support = `${testPath}/support/`;
  if (testRunner === 'jest') {
    const text = replaced(
      replaced(tree.read('jest.config.mjs'), '<rootDir>/test/**/*.spec.ts', `<rootDir>/${specs}`),
      '<rootDir>/test/support/',
      `<rootDir>/${support}`,
    );
    return [{ from: 'jest.config.mjs', to: 'jest.authentication.config.mjs', text }];
  }
  const config = replaced(
    replaced(tree.read('templates/vitest/vitest.config.mjs'), 'test/**/*.spec.ts', specs),
    "'test/support/",
    `'${support}`,
  );
  const copied = (name: string): ComposedFile => ({
    from: `templates/vitest/${name}`,
    to: `${support}${name}`,
    text: tree.read(`templates/vitest/${name}`),
  });
  return [
    { from: 'templates/vitest/vitest.config.mjs', to: 'vitest.authentication.config.mjs', text: config },
    copied('vitest-setup.mjs'),
    copied('vitest-global-setup.mjs'),
  ];
}

function replaced(text: string, what: string, by: string): string {
  if (!text.includes(what)) throw new Error(`the configuration no longer contains ${what}`);
  return text.replaceAll(what, by);
}
