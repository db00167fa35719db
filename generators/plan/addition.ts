import { join, posix } from 'node:path';
import { DEFAULTS } from '../../src/authentication/core/settings/defaults.js';
import type { Answers, Choices, NestMajor } from '../choices.js';
import { ADDED_SPEC, composedSource, type ComposedFile } from '../compose.js';
import { Conflicting } from '../failure.js';
import type { FeatureManifest } from '../features/feature.js';
import { chosenFeatures, FEATURES } from '../features/index.js';
import { MANIFEST, manifestText, type Manifest } from '../manifest.js';
import type { Flags } from '../options.js';
import { neededPackages, SCARF_SETTINGS, type NeededPackages } from '../packages.js';
import type { PackageTree } from '../package-tree.js';
import { detect, type ProjectFacts } from '../project/detect.js';
import { majorOf, readIfThere } from '../project/files.js';
import { clashes, routesOf } from '../project/routes.js';
import { withVariables, type Variable } from '../transforms/env-example.js';
import { withEntries } from '../transforms/json.js';
import { withModule, type RootModuleEdit } from '../transforms/root-module.js';
import { readBy, variablesOf } from '../variables.js';
import { COMMAND_LINE_SCRIPT, commandLineFile } from './command-line.js';
import { factRows } from './facts.js';
import { withNewFeatures } from './listed-features.js';
import {
  manifestOf,
  readManifest,
  settle,
  type OwnFile,
  type Paste,
  type Plan,
  type PlannedFile,
} from './plan.js';

type Read = (path: string) => string | null;

/** A file of the project that we merge something into; it is never overwritten. */
interface Merge {
  path: string;
  text: string;
  /** what was inserted, for the manifest */
  put: readonly string[];
}

/** Plans what is added to an existing project. @throws Conflicting if TypeORM is too old or a route clashes */
export function planAddition(tree: PackageTree, target: string, flags: Flags, answers: Answers): Plan {
  const facts = detect(target, flags.project ?? null);
  refuseOldTypeorm(facts);
  const read: Read = (path) => readIfThere(join(target, path));
  const manifest = readManifest(read);
  const choices = choicesOf(facts, flags, answers, manifest, read);
  const source = composedSource(tree, choices);
  refuseClashes(source, facts, choices);
  const runner = runnerFiles(tree, choices);
  const formatting = formattingFiles(tree, facts, choices);
  const commandLine = commandLineFile(facts.sourceRoot, choices);
  const own = [...source, commandLine, ...runner, ...formatting].map(({ to, text }) => ({ path: to, text }));
  const needed = neededPackages([...source, ...runner], choices, tree);
  const root = rootModule(read, facts, choices);
  const merges = [packageJson(read, needed, choices), envExample(read, source, facts), ...root.merges];
  return assembled(
    tree,
    target,
    choices,
    facts,
    { own, merges, paste: root.paste, needed },
    read,
    manifest,
    flags,
  );
}

interface Parts {
  own: readonly OwnFile[];
  merges: readonly Merge[];
  paste: readonly Paste[];
  needed: NeededPackages;
}

function assembled(
  tree: PackageTree,
  target: string,
  choices: Choices,
  facts: ProjectFacts,
  { own, merges, paste, needed }: Parts,
  read: Read,
  manifest: Manifest | null,
  flags: Flags,
): Plan {
  const merged = withNewFeatures(own, read, manifest, choices, tree.packageJson.version);
  const settled = settle(own, read, manifest, flags.force, merged);
  const edited = merges.flatMap(({ path, text }): PlannedFile[] => {
    const before = read(path);
    return before === text ? [] : [{ path, before, after: text }];
  });
  // Sorted, so that adding features in two runs gives the same manifest as in one run.
  const edits = Object.fromEntries(
    merges.map(({ path, put }) => [path, [...new Set([...(manifest?.edits[path] ?? []), ...put])].sort()]),
  );
  const written = manifestText(manifestOf(tree.packageJson.version, choices, own, edits));
  const before = read(MANIFEST);
  const ours = before === written ? [] : [{ path: MANIFEST, before, after: written }];
  return {
    target,
    choices,
    facts: factRows(facts, choices),
    files: [...settled.files, ...edited, ...ours],
    kept: settled.kept,
    conflicts: settled.conflicts,
    paste,
    notes: notesOf(facts, choices, needed),
  };
}

function choicesOf(
  facts: ProjectFacts,
  flags: Flags,
  answers: Answers,
  manifest: Manifest | null,
  read: Read,
): Choices {
  const before = manifest?.options;
  const path = flags.path ?? before?.path ?? posix.join(facts.sourceRoot, 'authentication');
  const wanted = chosenFeatures(flags.features ?? (answers.features ?? []).join(','));
  // Adding a feature removes no other: a sign-in must not lose its second factor. What the owner deleted stays deleted.
  const isKept = ({ name, folder }: FeatureManifest): boolean =>
    before?.features.includes(name) === true &&
    read(`${path}/${folder}/${posix.basename(folder)}.module.ts`) !== null;
  return {
    command: 'add',
    name: facts.name,
    features: FEATURES.filter((feature) => wanted.includes(feature) || isKept(feature)),
    module: flags.module ?? facts.module,
    adapter: flags.adapter ?? facts.adapter,
    testRunner: flags.testRunner ?? before?.testRunner ?? facts.testRunner ?? 'jest',
    nest: facts.nest as NestMajor,
    packageManager: flags.packageManager ?? facts.packageManager,
    path,
    testPath: posix.join(facts.applicationRoot, 'test'),
    routePrefix: flags.routePrefix ?? before?.routePrefix ?? '',
    protect: flags.protect ?? before?.protect ?? 'authentication',
  };
}

function refuseOldTypeorm({ typeorm }: ProjectFacts): void {
  if (typeorm === null || (majorOf(typeorm) ?? 1) >= 1) return;
  throw new Conflicting(
    `The project has TypeORM ${typeorm}, but 1.x is needed. Upgrade it first (https://typeorm.io/docs/releases/1.0/upgrading-from-0.3). Nothing was written.`,
  );
}

function refuseClashes(source: readonly ComposedFile[], facts: ProjectFacts, choices: Choices): void {
  const prefix = choices.routePrefix === '' ? '' : `/${choices.routePrefix}`;
  const ours = source
    .filter(({ from }) => from?.endsWith('.controller.ts') === true)
    .flatMap(({ text }) => routesOf(text))
    .map(({ method, path }) => ({ method, path: prefix + path }));
  const theirs = facts.routes.filter(({ file }) => !file.startsWith(`${choices.path}/`));
  const both = clashes(ours, theirs);
  if (both.length === 0) return;
  const names = [...new Set(both.map(({ method, path }) => `${method} ${path}`))].join(', ');
  throw new Conflicting(
    `Your project has these routes already: ${names}. Nothing was written. Use --route-prefix auth to put ours under /auth.`,
  );
}

/** A configuration of the test runner for our specs only: the project's own configuration stays as it is. */
function runnerFiles(tree: PackageTree, { testRunner, testPath }: Choices): ComposedFile[] {
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

/** Prettier uses the settings nearest to a file. With these files our source keeps its format. */
function formattingFiles(tree: PackageTree, facts: ProjectFacts, choices: Choices): ComposedFile[] {
  if (facts.formatter !== 'prettier') return [];
  const text = tree.read('.prettierrc.json');
  return [choices.path, `${choices.testPath}/authentication`, `${choices.testPath}/support`].map(
    (folder) => ({
      from: '.prettierrc.json',
      to: `${folder}/.prettierrc.json`,
      text,
    }),
  );
}

function packageJson(read: Read, needed: NeededPackages, { testRunner }: Choices): Merge {
  const before = read('package.json') ?? '{}';
  const present = JSON.parse(before.replace(/^\uFEFF/, '')) as Record<
    string,
    Record<string, string> | undefined
  >;
  const known = { ...present['peerDependencies'], ...present['devDependencies'], ...present['dependencies'] };
  const running = { ...present['peerDependencies'], ...present['dependencies'] };
  const script =
    testRunner === 'jest'
      ? 'jest --config jest.authentication.config.mjs'
      : 'vitest run --config vitest.authentication.config.mjs';
  const added = {
    // A package that production needs goes here even if the project has it in devDependencies.
    dependencies: without(needed.dependencies, running),
    devDependencies: without(needed.devDependencies, known),
    scripts: without({ 'test:authentication': script, ...COMMAND_LINE_SCRIPT }, present['scripts'] ?? {}),
    // A value that the project has stays.
    scarfSettings: 'scarfSettings' in present ? {} : SCARF_SETTINGS,
  };
  const text = Object.entries(added).reduce(
    (done, [section, entries]) => withEntries(done, [section], entries),
    before,
  );
  const put = Object.entries(added).flatMap(([section, entries]) =>
    Object.keys(entries).map((name) => `${section}.${name}`),
  );
  return { path: 'package.json', text, put };
}

function without(
  wanted: Readonly<Record<string, string>>,
  present: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => !Object.hasOwn(present, name)));
}

function envExample(read: Read, source: readonly ComposedFile[], facts: ProjectFacts): Merge {
  const variables = readBy(source, variablesOf(FEATURES)).map((variable) => ({
    ...variable,
    ...inAnExistingProject(variable, facts),
  }));
  const before = read('.env.example') ?? '';
  const text = withVariables(before, variables, 'Authentication: each variable is shown with its default');
  return { path: '.env.example', text, put: text === before ? [] : variables.map(({ name }) => name) };
}

const DATABASE = 'postgres://postgres:postgres@127.0.0.1:5432/postgres';

/** The defaults of an existing project differ from those of the reference server. */
function inAnExistingProject({ name, meaning }: Variable, facts: ProjectFacts): Partial<Variable> {
  if (name === 'DATABASE_URL')
    return { fallback: DATABASE, meaning: 'the Postgres server that holds the schema `authentication`' };
  if (name === 'APP_URL') return { fallback: appUrl(facts) };
  if (name === 'SECRET_KEY')
    return { fallback: '', meaning: `${meaning}; unset: a random key that is lost when the process ends` };
  return {};
}

/** Mailed links start with it, so it includes the global prefix of the project. */
function appUrl({ globalPrefix }: ProjectFacts): string {
  return `${DEFAULTS.APP_URL}${globalPrefix === '' ? '' : `/${globalPrefix}`}`;
}

function rootModule(read: Read, facts: ProjectFacts, choices: Choices): { merges: Merge[]; paste: Paste[] } {
  const path = facts.rootModule;
  const edit = rootModuleEdit(path ?? posix.join(facts.sourceRoot, 'app.module.ts'), facts, choices);
  const before = path === null ? null : read(path);
  if (path === null || before === null) {
    const found = withModule('', edit);
    const lines = found.kind === 'paste' ? found.lines : [];
    return { merges: [], paste: [{ path: 'your root module', reason: 'it was not found', lines }] };
  }
  const result = withModule(before, edit);
  if (result.kind === 'paste')
    return { merges: [], paste: [{ path, reason: result.reason, lines: result.lines }] };
  return {
    merges: [{ path, text: result.text, put: result.kind === 'edited' ? [edit.marker] : [] }],
    paste: [],
  };
}

function rootModuleEdit(path: string, facts: ProjectFacts, choices: Choices): RootModuleEdit {
  const suffix = choices.module === 'esm' ? '.js' : '';
  const specifier = (file: string): string => {
    const relative = posix.relative(posix.dirname(path), posix.join(choices.path, file));
    return `${relative.startsWith('.') ? relative : `./${relative}`}${suffix}`;
  };
  const variables =
    choices.routePrefix === '' ? 'process.env' : `{ ROUTE_PREFIX: '${choices.routePrefix}', ...process.env }`;
  const fallbacks = facts.globalPrefix === '' ? '' : `, { appUrl: '${appUrl(facts)}' }`;
  return {
    imports: [
      { name: 'AuthenticationModule', specifier: specifier('authentication.module') },
      { name: 'authenticationSettings', specifier: specifier('core/settings/authentication.settings') },
    ],
    element: [
      'AuthenticationModule.forRoot({',
      `  settings: authenticationSettings(${variables}${fallbacks}),`,
      `  database: { url: process.env['DATABASE_URL'] ?? '${DATABASE}' },`,
      ...(choices.protect === 'all' ? ['  protectAll: true,'] : []),
      '})',
    ].join('\n'),
    marker: 'AuthenticationModule',
  };
}

function notesOf(facts: ProjectFacts, choices: Choices, needed: NeededPackages): string[] {
  const wanted = { ...needed.devDependencies, ...needed.dependencies };
  const older = Object.entries(wanted).filter(([name, range]) => {
    const theirs = facts.packages[name];
    return (
      theirs !== undefined && (majorOf(theirs) ?? 0) < (majorOf(range) ?? 0) && !name.startsWith('@nestjs/')
    );
  });
  return [
    'Your application now needs Postgres at DATABASE_URL when it starts. So do tests that start your root module.',
    'Settings are read from process.env. A .env file is used only if your application loads it (node --env-file, or ConfigModule of @nestjs/config).',
    ...secretsNote(choices),
    ...(facts.ownParser
      ? [
          'Your own application still answers malformed JSON, bodies that are too large and unknown paths. To answer them with our problem documents, add app.useGlobalFilters(app.get(ProblemFilter)) to your main.ts.',
        ]
      : []),
    ...older.map(
      ([name, range]) =>
        `Your project has ${name} ${facts.packages[name] ?? ''}, which is older than ${range}, the version that we tested with.`,
    ),
    ...(choices.protect === 'all'
      ? [
          'Every route now requires a signed-in user. Put @Public() from http/routes/public.js on routes that must stay open.',
        ]
      : [
          'Your own routes stay open. Put @UseGuards(AuthenticationGuard) on routes that require a signed-in user.',
        ]),
    `${choices.path}/README.md says what each folder is for and which file to open for a change.`,
  ];
}

function secretsNote({ features }: Choices): string[] {
  const keeping = features.filter(({ keepsSecrets }) => keepsSecrets).map(({ name }) => name);
  if (keeping.length === 0) return [];
  return [
    `Set SECRET_KEY (openssl rand -base64 32). Without it, the secrets of ${keeping.join(' and ')} are lost at a restart. Production always requires it.`,
  ];
}
