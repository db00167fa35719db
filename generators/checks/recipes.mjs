// docs/recipes.md, followed to the letter in projects of `nest new` to which `add` brought everything: each recipe alone,
// type-checked, its commands and its specs run; then all of them in one project. RECIPES=phone: those with it in the title.
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
      'an application that exists keeps its own Postgres: DATABASE_URL names none',
    );
    return;
  }
  const document = readFileSync(join(workshop.repository, 'docs/recipes.md'), 'utf8');
  const all = recipesOf(document);
  await check.case('the list at the top names every recipe', () => assertListed(document, all));
  const only = process.env.RECIPES;
  const wanted = only === undefined ? all : all.filter(({ title }) => new RegExp(only, 'i').test(title));
  const folder = workshop.emptyFolder('recipes');
  await inLanes(PROJECTS.map((project) => () => oneProject(check, workshop, folder, project, wanted)));
}

async function oneProject(check, workshop, folder, { major, suffix, runner }, all) {
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
    await workshop.mustTool(['add', '--features', 'all'], { cwd, minutes: 8 });
    commit(cwd);
  });
  if (!isReady) return;
  // Kept where no build deletes it: most files are the same in every recipe.
  const cache = ['--incremental', '--tsBuildInfoFile', 'node_modules/.cache/recipes.tsbuildinfo'];
  const typeChecked = (...flags) =>
    must('npx', ['tsc', '--noEmit', '-p', 'tsconfig.json', ...cache, ...flags], { cwd });

  const followed = [];
  for (const recipe of all) {
    reset(cwd);
    const isFine = await say(recipe.title, async () => {
      const env = { DATABASE_URL: await workshop.database() };
      for (const step of recipe.steps)
        await atStep(recipe, step, () => follow(cwd, step, { fitted, suffix, env }));
      await typeChecked();
    });
    if (isFine) followed.push(recipe);
  }

  reset(cwd);
  await say('all of them in one project', async () => {
    const env = { DATABASE_URL: await workshop.database() };
    for (const recipe of followed)
      for (const step of recipe.steps)
        await atStep(recipe, step, () => follow(cwd, step, { fitted, suffix, env, tests: false }));
    await typeChecked(...(major === 12 ? STRICTEST : []));
  });
}

/** What the code of a recipe must bear in the project of a team that is strict with itself. */
const STRICTEST = [
  '--strict',
  '--noUncheckedIndexedAccess',
  '--exactOptionalPropertyTypes',
  '--noImplicitOverride',
];

async function follow(cwd, step, { fitted, suffix, env, tests = true }) {
  if (step.kind !== 'run') {
    applyStep(cwd, step, { fitted, suffix });
    return;
  }
  for (const command of commandsOf(step))
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
  if (missing.length > 0) throw new Error(`not linked: ${missing.map(({ title }) => title).join(', ')}`);
}

function anchorOf(title) {
  return title
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}
