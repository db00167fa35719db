import type { Choices } from '../choices.js';
import { composedSource, type ComposedFile } from '../compose.js';
import { FEATURES } from '../features/index.js';
import { MANIFEST, manifestText } from '../manifest.js';
import { neededPackages, SCARF_SETTINGS } from '../packages.js';
import type { PackageTree } from '../package-tree.js';
import { envLines } from '../transforms/env-example.js';
import { CONTRACT } from '../specs.js';
import { withValue } from '../transforms/json.js';
import { variablesOf } from '../variables.js';
import { schematicsOf } from '../versions.js';
import { commandsOf, isClassic, managerFiles } from './package-manager.js';
import { manifestOf, type Plan } from './plan.js';

/** Copied without a change. */
const AS_THEY_ARE = [
  '.editorconfig',
  '.prettierrc.json',
  '.prettierignore',
  'nest-cli.json',
  'tsconfig.build.json',
];
const TEMPLATES: readonly [string, string][] = [
  ['_gitignore', '.gitignore'],
  ['_dockerignore', '.dockerignore'],
  ['README.md', 'README.md'],
  ['Dockerfile', 'Dockerfile'],
  ['compose.yaml', 'compose.yaml'],
  ['ci.yml', '.github/workflows/ci.yml'],
  ['eslint.config.mjs', 'eslint.config.mjs'],
];
const TOOLS = ['@nestjs/cli', 'esbuild', 'typescript', 'eslint', 'typescript-eslint', 'prettier'];
const SCHEMATICS = '@nestjs/schematics';

/** Plans a complete project. */
export function planNewProject(tree: PackageTree, choices: Choices, target: string): Plan {
  const source = [...composedSource(tree, choices), ...configuration(tree, choices)];
  const own = [
    ...source,
    { from: null, to: 'package.json', text: packageJson(tree, choices, source) },
    { from: null, to: '.env.example', text: envExample(choices) },
  ].map(({ to, text }) => ({ path: to, text }));
  const manifest = manifestOf(tree.packageJson.version, choices, own, {});
  return {
    target,
    choices,
    facts: [],
    tsconfig: 'tsconfig.json',
    files: [...own, { path: MANIFEST, text: manifestText(manifest) }].map(({ path, text }) => ({
      path,
      before: null,
      after: text,
    })),
    kept: [],
    conflicts: [],
    overwritten: [],
    paste: [],
    notes: [],
  };
}

function configuration(tree: PackageTree, choices: Choices): ComposedFile[] {
  const template = (from: string, to: string): ComposedFile => ({
    from,
    to,
    text: filled(tree.read(`templates/${from}`), choices),
  });
  const asItIs = (path: string): ComposedFile => ({ from: path, to: path, text: tree.read(path) });
  const runner =
    choices.specs === 'none'
      ? []
      : choices.testRunner === 'jest'
        ? [asItIs('jest.config.mjs')]
        : [
            template('vitest/vitest.config.mjs', 'vitest.config.mjs'),
            template('vitest/vitest-setup.mjs', 'test/support/vitest-setup.mjs'),
            template('vitest/vitest-global-setup.mjs', 'test/support/vitest-global-setup.mjs'),
          ];
  return [
    ...AS_THEY_ARE.map(asItIs),
    ...tree.list('scripts').map(asItIs),
    { from: 'tsconfig.json', to: 'tsconfig.json', text: tsconfig(tree, choices) },
    ...runner,
    ...TEMPLATES.map(([from, to]) => template(from, to)),
    ...managerFiles(choices),
  ];
}

function tsconfig(tree: PackageTree, { testRunner, module, specs }: Choices): string {
  const hasSpecs = specs !== 'none';
  const include = hasSpecs ? ['src', 'test'] : ['src'];
  let text = withValue(tree.read('tsconfig.json'), [], 'include', include);
  // With it, TypeScript refuses `import` in files that become CommonJS.
  if (module === 'cjs') text = withValue(text, ['compilerOptions'], 'verbatimModuleSyntax', false);
  const types = hasSpecs && testRunner === 'jest' ? ['node', 'jest'] : ['node'];
  return withValue(text, ['compilerOptions'], 'types', types);
}

function packageJson(tree: PackageTree, choices: Choices, source: readonly ComposedFile[]): string {
  const { dependencies, devDependencies } = neededPackages(source, choices, tree);
  const own = { ...tree.packageJson.devDependencies, ...tree.packageJson.dependencies };
  const tools = Object.fromEntries([
    ...TOOLS.map((name) => [name, own[name] ?? '*']),
    [SCHEMATICS, schematicsOf(choices.module, own) ?? '*'],
  ]) as Record<string, string>;
  const value = {
    name: choices.name,
    version: '0.0.1',
    private: true,
    type: choices.module === 'esm' ? 'module' : 'commonjs',
    ...(choices.yarn !== null && !isClassic(choices.yarn) && { packageManager: `yarn@${choices.yarn}` }),
    engines: tree.packageJson.engines,
    scarfSettings: SCARF_SETTINGS,
    scripts: {
      start: 'node scripts/start.mjs',
      dev: 'node scripts/dev.mjs',
      build: 'node scripts/build.mjs',
      bundle: 'node scripts/build.mjs && node scripts/bundle.mjs',
      ...testScripts(choices),
      lint: 'eslint . --max-warnings 0',
      format: 'prettier --write .',
      'format:check': 'prettier --check .',
      typecheck: 'tsc --noEmit',
      mails: 'node dist/mails/command.js',
      typeorm: 'typeorm -d dist/database/cli-data-source.js',
    },
    dependencies,
    devDependencies: sorted({ ...devDependencies, ...tools }),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}

function testScripts({ testRunner, specs }: Choices): Record<string, string> {
  if (specs === 'none') return {};
  const all = `node scripts/install.mjs && ${testRunner === 'jest' ? 'jest' : 'vitest run'}`;
  return {
    test: all,
    'test:authentication': `${all} test/authentication`,
    'verify:auth': `${all} ${CONTRACT}`,
  };
}

function sorted(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function envExample({ features }: Choices): string {
  const variables = variablesOf(FEATURES.filter((feature) => !features.includes(feature)));
  const heading =
    '# Copy this file to .env and change what you need. Each variable is shown with its default.';
  return `${[heading, '', ...envLines(variables)].join('\n')}\n`;
}

/** Fills in `<NAME>`, the commands of the package manager and the like. Without specs, no line names their commands. */
function filled(template: string, choices: Choices): string {
  const text = choices.specs === 'none' ? withoutSpecs(template) : template;
  const values: Record<string, string> = {
    ...commandsOf(choices),
    NAME: choices.name,
    MANAGER: choices.packageManager,
    NEST: String(choices.nest),
    ADAPTER: choices.adapter === 'fastify' ? 'Fastify' : 'Express',
    RUNNER: choices.testRunner === 'jest' ? 'Jest' : 'Vitest',
    FEATURES: choices.features
      .map(({ folder, title }) => `\n- \`src/authentication/${folder}/\`: ${title}`)
      .join(''),
  };
  return text.replace(/<([A-Z]+)>/g, (whole, name: string) => values[name] ?? whole);
}

/** Lines that a template has only for projects with specs. */
const OF_SPECS = /^.*(?:<RUN> (?:test|verify:auth)|`test\/`).*\n(?: +env:\n(?: +DATABASE_URL: .*\n))?/gm;

/** The database of the specs in the CI workflow. */
const SERVICES = /^ {4}services:\n(?: {6}.*\n)+/m;

function withoutSpecs(template: string): string {
  return template.replace(OF_SPECS, '').replace(SERVICES, '').replace(', tests with <RUNNER>', '');
}
