// With every feature, a new project has our source byte for byte, but for the hasher that was not chosen. Without a
// feature, nothing of it is left.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { filesIn } from './kit/tree.mjs';

const TREES = ['src/authentication', 'test/authentication', 'test/support'];
const ROOT = 'src/authentication/authentication.module.ts';
const SHAPES = [
  { module: 'esm', nest: 12, testRunner: 'jest', adapter: 'fastify', packageManager: 'npm' },
  { module: 'cjs', nest: 11, testRunner: 'vitest', adapter: 'express', packageManager: 'pnpm' },
];

export default async function identity(check, workshop) {
  const { repository } = workshop;
  const { FEATURES } = await workshop.toolModule('features/index.js');
  const { HASHERS } = await workshop.toolModule('hashers.js');
  const plan = await planner(workshop);
  const sourceOf = (path) => readFileSync(join(repository, path), 'utf8');

  for (const { name: hasher, file: own, package: used } of HASHERS) {
    await check.case(`all, --hasher ${hasher}: the trees, byte for byte, without the other hasher`, () => {
      const files = plan(FEATURES, { ...SHAPES[0], hasher });
      const others = HASHERS.filter(({ name }) => name !== hasher);
      const isOfAnother = (path) => others.some(({ file }) => path.includes(`/core/passwords/${file}.`));
      for (const tree of TREES) {
        const ours = filesIn(join(repository, tree))
          .map((name) => posix.join(tree, name))
          .filter((path) => !isOfAnother(path));
        const theirs = [...files.keys()].filter((path) => path.startsWith(`${tree}/`)).sort();
        assert.deepEqual(theirs, ours);
        // The composition root names the class of the hasher: ours names the first one.
        for (const path of ours.filter((each) => hasher === HASHERS[0].name || each !== ROOT))
          assert.ok(files.get(path) === sourceOf(path), `${path} differs`);
      }
      assert.ok(files.has(`src/authentication/core/passwords/${own}.ts`));
      const { dependencies, devDependencies } = JSON.parse(files.get('package.json'));
      assert.ok(used in dependencies, `${used} is not in package.json`);
      for (const { className, file, package: unused } of others) {
        assert.ok(!(unused in { ...dependencies, ...devDependencies }), `${unused} is in package.json`);
        const left = new RegExp(`\\b${className}\\b|${file}|["']${unused}["']`);
        const naming = [...files].filter(([path, text]) => !path.startsWith('docs/') && left.test(text));
        assert.deepEqual(
          naming.map(([path]) => path),
          [],
        );
      }
    });
  }

  await check.case('all: every feature is there and has its own README', () => {
    const files = plan(FEATURES, SHAPES[0]);
    for (const { name, folder, specs, packages, settings } of FEATURES) {
      assert.ok(files.has(`src/authentication/${folder}/README.md`), `${name} has no README`);
      for (const spec of specs) {
        assert.ok(
          [...files.keys()].some((path) => path.startsWith(`test/${spec}`)),
          `test/${spec} is missing`,
        );
      }
      const { dependencies } = JSON.parse(files.get('package.json'));
      for (const used of packages)
        assert.ok(used in dependencies, `${used} of ${name} is not in package.json`);
      for (const setting of settings)
        assert.match(files.get('.env.example'), new RegExp(`^# ${setting}=`, 'm'));
    }
  });

  for (const shape of SHAPES) {
    const label = Object.values(shape).join(' ');
    await check.case(`none: nothing of any feature is left (${label})`, () => {
      const files = plan([], shape);
      const left = FEATURES.flatMap((feature) => leftOf(feature, files, repository));
      assert.deepEqual(left, []);
    });
    for (const [word, features] of [
      ['none', []],
      ['all', FEATURES],
    ]) {
      await check.case(`${word}: no placeholder is left, and links resolve (${label})`, () => {
        const files = plan(features, shape);
        for (const [path, text] of files) assertFilled(path, text);
        for (const [path, text] of files) if (path.endsWith('.md')) assertLinks(path, text, files);
        assert.equal(files.get('README.md').split('\n', 1)[0], '# my-app');
      });
    }
  }

  for (const specs of ['contract', 'none']) {
    for (const features of [[], FEATURES]) {
      await check.case(`--specs ${specs}, ${features.length} features: whole, and no more`, () => {
        const files = plan(features, { ...SHAPES[0], specs });
        for (const [path, text] of files) assertFilled(path, text);
        for (const [path, text] of files) if (path.endsWith('.md')) assertLinks(path, text, files, false);
        const tests = [...files.keys()].filter((path) => path.startsWith('test/'));
        const others = tests.filter((path) => !/^test\/(authentication\/contract|support)\//.test(path));
        const { scripts, devDependencies } = JSON.parse(files.get('package.json'));
        if (specs === 'none') {
          assert.deepEqual(tests, []);
          const left = ['jest', '@types/jest', 'supertest', '@nestjs/testing'].filter(
            (name) => name in devDependencies,
          );
          assert.deepEqual([left, Object.keys(scripts).filter((name) => /test|verify/.test(name))], [[], []]);
          for (const path of ['README.md', '.github/workflows/ci.yml', 'tsconfig.json'])
            assert.doesNotMatch(files.get(path), /npm (run )?test|verify:auth|jest/i, path);
        } else {
          assert.ok(tests.length > 15 && 'verify:auth' in scripts);
          assert.deepEqual(
            others.filter((path) => path.endsWith('.spec.ts')),
            [],
          );
        }
      });
    }
  }

  for (const feature of FEATURES) {
    await check.case(`all but ${feature.name}: nothing of it is left`, () => {
      const others = FEATURES.filter(
        ({ name, requires }) => name !== feature.name && !requires.includes(feature.name),
      );
      assert.deepEqual(leftOf(feature, plan(others, SHAPES[0]), repository), []);
    });
  }
}

/** Gives the planned files by path; nothing is written. */
async function planner(workshop) {
  const { planNewProject } = await workshop.toolModule('plan/new-project.js');
  const { PackageTree } = await workshop.toolModule('package-tree.js');
  const tree = new PackageTree(workshop.toolRoot);
  return (features, shape) => {
    const choices = {
      command: 'new',
      name: 'my-app',
      esModuleInterop: true,
      project: null,
      yarn: null,
      features,
      path: 'src/authentication',
      testPath: 'test',
      hasher: 'argon2',
      specs: 'all',
      routePrefix: '',
      protect: 'authentication',
      ...shape,
    };
    return new Map(planNewProject(tree, choices, '/nowhere').files.map(({ path, after }) => [path, after]));
  };
}

/** These specs name the routes of every feature, and leave out those that do not exist. */
const GO_THROUGH_ALL = /^test\/authentication\/(contract\/two-factor|features\/applications\/isolation)\b/;
/** Names that are also everyday words: an application shuts down, a session has its last activity. */
const EVERYDAY = ['activity', 'applications', 'devices', 'notices', 'profiles'];

const EXPORTED = /^export (?:abstract )?(?:class|const|function|interface|type|enum) (\w+)/gm;
const DECLARED = /^(?:export )?(?:abstract )?(?:class|const|function|interface|type|enum) (\w+)/gm;

/** Files that still name a feature: its folder or name, identifiers that only it exports, its packages or settings. */
function leftOf({ name, folder, packages, settings }, files, repository) {
  const declaredIn = (path, text, pattern) =>
    path.endsWith('.ts') ? [...text.matchAll(pattern)].map(([, identifier]) => identifier) : [];
  const root = join(repository, 'src/authentication', folder);
  const present = new Set([...files].flatMap(([path, text]) => declaredIn(path, text, DECLARED)));
  const exported = filesIn(root)
    .flatMap((path) => declaredIn(path, readFileSync(join(root, path), 'utf8'), EXPORTED))
    .filter((identifier) => !present.has(identifier));
  const spellings = EVERYDAY.includes(name)
    ? new RegExp(`authentication/${folder}/|\\.\\.?/${folder}/`)
    : new RegExp(name.replaceAll('-', '[-_ ]?'), 'i');
  const words = [...exported, ...settings].map((word) => new RegExp(`\\b${word}\\b`));
  const inQuotes = packages.map((used) => new RegExp(`["'\`]${used}(/[^"'\`]*)?["'\`]`));
  return [...files]
    .filter(([path]) => !path.startsWith('docs/') && !GO_THROUGH_ALL.test(path))
    .flatMap(([path, text]) =>
      [spellings, ...words, ...inQuotes]
        .filter((pattern) => pattern.test(path) || pattern.test(text))
        .map((pattern) => `${path}: ${pattern}`),
    );
}

const PLACEHOLDER =
  /<(NAME|MANAGER|NEST|ADAPTER|RUNNER|FEATURES|LOCK|INSTALL|CLEAN|PRUNE|RUN|EXEC|DLX|SETUP)>/;

function assertFilled(path, text) {
  assert.equal(PLACEHOLDER.exec(text)?.[0], undefined, `${path} still has a placeholder`);
}

/** Links and paths in backticks lead to files and folders that exist. */
function assertLinks(path, text, files, hasAllSpecs = true) {
  const exists = (target) =>
    files.has(target) || [...files.keys()].some((file) => file.startsWith(`${target.replace(/\/$/, '')}/`));
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link)
    .filter((link) => !/^(https?:|mailto:|#)/.test(link));
  for (const link of links) {
    const target = posix.join(posix.dirname(path), link.split('#', 1)[0]);
    assert.ok(exists(target), `${path} links to ${link}, which does not exist`);
  }
  // The documents describe every feature, taken or not.
  if (path.startsWith('docs/')) return;
  for (const [, named] of text.matchAll(/`((?:src|test|scripts)\/[^`\s*]*)`/g)) {
    // The map says that the specs of the READMEs are there with --specs all.
    if (!hasAllSpecs && named.startsWith('test/')) continue;
    assert.ok(exists(named), `${path} names ${named}, which does not exist`);
  }
}
