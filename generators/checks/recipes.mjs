// Applies docs/recipes.md exactly as printed to projects of `nest new` with all features added. Each recipe alone is
// followed in one of the projects in turn, type-checked and with its commands and specs run. Then all recipes together
// are followed in each project, and type-checked.
// RECIPES=phone runs only the recipes with `phone` in their title.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { inLanes } from './kit/check.mjs';
import { commit, nestNew, reset } from './kit/nest-new.mjs';
import { must } from './kit/processes.mjs';
import { applyStep, commandsOf, recipesOf } from './kit/recipe.mjs';

const PROJECTS = [
  { major: 11, suffix: '', runner: 'jest' },
  { major: 12, suffix: '.js', runner: 'vitest' },
];
const SPEC = /spec\.ts$/;
const TEST = /^npm (test|run test)/;

export default async function recipes(check, workshop) {
  if (workshop.server === null) {
    check.leaveOut(
      'the recipes',
      'DATABASE_URL is not set: an existing application needs a Postgres server of its own',
    );
    return;
  }
  const document = readFileSync(join(workshop.repository, 'docs/recipes.md'), 'utf8');
  const all = recipesOf(document);
  await check.case('the list at the top links every recipe', () => assertListed(document, all));
  const only = process.env.RECIPES;
  const wanted = only === undefined ? all : all.filter(({ title }) => new RegExp(only, 'i').test(title));
  const folder = workshop.emptyFolder('recipes');
  await inLanes(
    PROJECTS.map((project, lane) => () => {
      const alone = wanted.filter((_, at) => at % PROJECTS.length === lane);
      return oneProject(check, workshop, folder, project, { alone, together: wanted });
    }),
  );
}

async function oneProject(check, workshop, folder, { major, suffix, runner }, { alone, together }) {
  const say = (what, work) => check.case(`nest-${major}: ${what}`, work);
  const { withoutSuffix } = await workshop.toolModule('transforms/imports.js');
  const { forVitest } = await workshop.toolModule('transforms/test-runner.js');
  const fitted = (path, text) => {
    const own = suffix === '' ? withoutSuffix(text) : text;
    return runner === 'vitest' && SPEC.test(path) ? forVitest(own) : own;
  };
  let cwd;
  const isReady = await say('nest new, add', async () => {
    cwd = await nestNew(major, folder);
    await must('npm', ['install'], { cwd, minutes: 8 });
    await workshop.mustTool(['add', '--no-try', '--features', 'all', '--specs', 'all'], { cwd, minutes: 8 });
    commit(cwd);
  });
  if (!isReady) return;
  // Most files are the same in every recipe. The cache is in a folder that no build deletes.
  const cache = ['--incremental', '--tsBuildInfoFile', 'node_modules/.cache/recipes.tsbuildinfo'];
  const typeChecked = (...flags) =>
    must('npx', ['tsc', '--noEmit', '-p', 'tsconfig.json', ...cache, ...flags], { cwd });

  for (const recipe of alone) {
    reset(cwd);
    await say(recipe.title, async () => {
      const env = { DATABASE_URL: await workshop.database() };
      for (const step of recipe.steps)
        await atStep(recipe, step, () => follow(cwd, step, { fitted, suffix, env, major }));
      await typeChecked();
    });
  }

  reset(cwd);
  await say('all recipes in one project', async () => {
    const env = { DATABASE_URL: await workshop.database() };
    for (const recipe of together)
      for (const step of recipe.steps)
        await atStep(recipe, step, () => follow(cwd, step, { fitted, suffix, env, major, tests: false }));
    await typeChecked(...(major === 12 ? STRICTEST : []));
  });
}

/** Strict compiler options that a team may have set in its project: the code of the recipes must compile with them. */
const STRICTEST = [
  '--strict',
  '--noUncheckedIndexedAccess',
  '--exactOptionalPropertyTypes',
  '--noImplicitOverride',
];

async function follow(cwd, step, { fitted, suffix, env, major, tests = true }) {
  if (step.kind !== 'run') {
    applyStep(cwd, step, { fitted, suffix });
    return;
  }
  for (const command of commandsOf(step, major))
    if (tests || !TEST.test(command)) await must('sh', ['-c', command], { cwd, env, minutes: 8 });
}

async function atStep({ title }, { kind, path, line }, work) {
  try {
    await work();
  } catch (error) {
    const where = path === undefined ? kind : `${kind} ${path}`;
    throw new Error(`docs/recipes.md, "${title}", line ${line} (${where}): ${error.message}`, {
      cause: error,
    });
  }
}

function assertListed(document, all) {
  const list = document.slice(0, document.indexOf('\n## '));
  const missing = all.filter(({ title }) => !list.includes(`](#${anchorOf(title)})`));
  if (missing.length > 0)
    throw new Error(`the list does not link: ${missing.map(({ title }) => title).join(', ')}`);
}

function anchorOf(title) {
  return title
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}
