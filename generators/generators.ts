import type { NodePlopAPI } from 'node-plop';
import { WrongUsage } from './failure.js';
import { chosenFeatures, FEATURES } from './features/index.js';
import { HASHER_NAMES } from './hashers.js';
import type { Flags } from './options.js';
import type { Answers } from './choices.js';
import { unreadPrefix } from './project/detect.js';
import type { Run } from './run.js';
import { singularOf, skeletonNames } from './skeleton/names.js';

export const GENERATORS = ['new', 'add', 'feature'] as const;
export type GeneratorName = (typeof GENERATORS)[number];

/** What runs the generators: our own command, which has flags, or Plop's command, which has none. */
export interface Driver {
  runOf: (name: GeneratorName) => Run;
  /** whether prompts can be shown */
  asks: boolean;
  /** the folder that `add` proposes; null: the folder is known */
  project: string | null;
}

/**
 * Registers our generators with Plop, with our own action types. Plop's built-in actions run file contents through
 * Handlebars, may insert a text twice, and have no dry run and no rollback.
 */
export function registerGenerators(plop: NodePlopAPI, driver: Driver): void {
  const step = (type: string, work: (run: Run, answers: Answers) => string | Promise<string>): void => {
    plop.setActionType(type, async (answers, config) => {
      const run = driver.runOf((config as unknown as { generator: GeneratorName }).generator);
      try {
        return await work(run, answers);
      } catch (error) {
        // Plop keeps only the message of an error.
        run.failure = error;
        throw error;
      }
    });
  };
  step('plan', (run, answers) => run.makePlan(answers));
  step('check', (run) => run.check());
  step('write', (run) => run.write());

  for (const generator of GENERATORS) {
    plop.setGenerator(generator, {
      description: DESCRIPTIONS[generator],
      prompts: promptsOf(generator, driver),
      actions: ['plan', 'check', 'write'].map((type) => ({ type, generator })),
    });
  }
}

const DESCRIPTIONS: Readonly<Record<GeneratorName, string>> = {
  new: 'a new project',
  add: 'authentication for an existing project',
  feature: 'the skeleton of a feature',
};

function promptsOf(generator: GeneratorName, driver: Driver) {
  const { flags } = driver.runOf(generator);
  const asked = asking(driver, flags);
  switch (generator) {
    case 'new':
      return [
        asked({
          type: 'input',
          name: 'directory',
          message: 'Folder of the new project',
          default: driver.project === null ? 'my-app' : '../my-app',
        }),
        asked(features()),
        asked(choice('nest', 'Version of Nest', ['12', '11'])),
        asked(choice('adapter', 'HTTP adapter', ['fastify', 'express'])),
        asked(choice('module', 'Module system', ['esm', 'cjs'])),
        asked(choice('testRunner', 'Test runner', ['jest', 'vitest'])),
        asked(hasher()),
        asked(choice('packageManager', 'Package manager', ['npm', 'pnpm', 'yarn'])),
      ];
    case 'add':
      return [
        ...(driver.project === null
          ? []
          : [
              asked({
                type: 'input',
                name: 'directory',
                message: 'Folder of the project',
                default: driver.project,
              }),
            ]),
        asked(features(({ directory }) => driver.runOf(generator).earlier(directory)?.features ?? [])),
        firstHasher(driver),
        globalPrefix(driver),
      ];
    case 'feature':
      return [
        asked({
          type: 'input',
          name: 'name',
          message: 'Name of the feature, a plural such as notes',
          validate: (name: string) => validated(() => skeletonNames(name, 'thing')),
        }),
        asked({
          type: 'input',
          name: 'singular',
          message: 'Singular of that name',
          default: ({ name }: Answers) => singularOf(flags.name ?? name ?? ''),
          validate: (singular: string) => validated(() => skeletonNames('things', singular)),
        }),
      ];
  }
}

/** A prompt that is skipped if its flag was given or if no prompt can be shown. */
function asking({ asks }: Driver, flags: Flags) {
  return <T extends { name: keyof Flags & keyof Answers }>(prompt: T): T & { when: boolean } => ({
    ...prompt,
    when: asks && flags[prompt.name] === undefined,
  });
}

/** Asked by the first run in a project: a later one does not change it. */
function firstHasher({ asks, runOf }: Driver) {
  const run = runOf('add');
  return {
    ...hasher(),
    when: ({ directory }: Answers) =>
      asks && run.flags.hasher === undefined && run.earlier(directory) === undefined,
  };
}

/** Asked only if the source does not say it. */
function globalPrefix({ asks, runOf }: Driver) {
  const run = runOf('add');
  const unread = (answers: Answers) => unreadPrefix(run.folderOf(answers), run.flags.project ?? null);
  return {
    type: 'input',
    name: 'globalPrefix',
    message: (answers: Answers) =>
      `setGlobalPrefix(${unread(answers)?.unread ?? ''}) cannot be read. Which prefix do your routes have? (none, if they have none)`,
    default: (answers: Answers) => {
      const earlier = run.earlier(answers.directory)?.globalPrefix;
      return earlier === '' ? 'none' : (earlier ?? unread(answers)?.value ?? '');
    },
    when: (answers: Answers) => asks && run.flags.globalPrefix === undefined && unread(answers) !== null,
  };
}

/** The result of a check in the form that a prompt's `validate` returns: true, or the message of the error. */
function validated(check: () => unknown): true | string {
  try {
    check();
    return true;
  } catch (error) {
    if (error instanceof WrongUsage) return error.message;
    throw error;
  }
}

/** @param installed the features that a project has already: they are ticked */
function features(installed: (answers: Answers) => readonly string[] = () => []) {
  return {
    type: 'checkbox',
    name: 'features' as const,
    message: 'Optional features',
    choices: (answers: Answers) => {
      const ticked = installed(answers);
      return FEATURES.map(({ name, title }) => ({
        name: `${name}: ${title}`,
        value: name,
        short: name,
        checked: ticked.includes(name),
      }));
    },
    // Plop's own bypass does not accept "all" and "none".
    bypass: (wanted: string) => chosenFeatures(wanted).map(({ name }) => name),
  };
}

function hasher() {
  return choice('hasher', 'Package that hashes passwords', HASHER_NAMES);
}

function choice(
  name: 'nest' | 'adapter' | 'module' | 'testRunner' | 'packageManager' | 'hasher',
  message: string,
  choices: readonly string[],
) {
  return { type: 'list', name, message, choices };
}
