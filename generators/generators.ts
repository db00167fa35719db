import type { NodePlopAPI } from 'node-plop';
import { WrongUsage } from './failure.js';
import { chosenFeatures, FEATURES } from './features/index.js';
import type { Flags } from './options.js';
import type { Answers } from './choices.js';
import type { Run } from './run.js';
import { singularOf, skeletonNames } from './skeleton/names.js';

export const GENERATORS = ['new', 'add', 'feature'] as const;
export type GeneratorName = (typeof GENERATORS)[number];

/** Who drives Plop: our own command, which has flags, or Plop's, which has none. */
export interface Driver {
  runOf: (name: GeneratorName) => Run;
  /** whether somebody can be asked */
  asks: boolean;
  /** what `add` offers as the project's folder; null: it is known */
  project: string | null;
}

/**
 * Our generators on Plop, with action types of our own. Plop's built-in ones run file contents through Handlebars,
 * insert twice, and have neither a dry run nor a way back.
 */
export function registerGenerators(plop: NodePlopAPI, driver: Driver): void {
  const step = (type: string, work: (run: Run, answers: Answers) => string | Promise<string>): void => {
    plop.setActionType(type, async (answers, config) => {
      const run = driver.runOf((config as unknown as { generator: GeneratorName }).generator);
      try {
        return await work(run, answers);
      } catch (error) {
        // Plop keeps the message alone.
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
  add: 'into a project that is there',
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
        asked(choice('adapter', 'HTTP adapter', ['fastify', 'express'])),
        asked(choice('module', 'Module system', ['esm', 'cjs'])),
        asked(choice('testRunner', 'Test runner', ['jest', 'vitest'])),
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
        asked(features()),
      ];
    case 'feature':
      return [
        asked({
          type: 'input',
          name: 'name',
          message: 'Name, a plural such as notes',
          validate: (name: string) => told(() => skeletonNames(name, 'thing')),
        }),
        asked({
          type: 'input',
          name: 'singular',
          message: 'What one of them is called',
          default: ({ name }: Answers) => singularOf(flags.name ?? name ?? ''),
          validate: (singular: string) => told(() => skeletonNames('things', singular)),
        }),
      ];
  }
}

/** A prompt that is left out where its flag was given, or nobody can be asked. */
function asking({ asks }: Driver, flags: Flags) {
  return <T extends { name: keyof Flags & keyof Answers }>(prompt: T): T & { when: boolean } => ({
    ...prompt,
    when: asks && flags[prompt.name] === undefined,
  });
}

/** What is wrong with an answer, as a prompt wants to be told. */
function told(check: () => unknown): true | string {
  try {
    check();
    return true;
  } catch (error) {
    if (error instanceof WrongUsage) return error.message;
    throw error;
  }
}

function features() {
  return {
    type: 'checkbox',
    name: 'features' as const,
    message: 'Optional features',
    choices: FEATURES.map(({ name, title }) => ({ name: `${name}: ${title}`, value: name, short: name })),
    // Plop's own takes no "all" and no "none".
    bypass: (wanted: string) => chosenFeatures(wanted).map(({ name }) => name),
  };
}

function choice(
  name: 'adapter' | 'module' | 'testRunner' | 'packageManager',
  message: string,
  choices: string[],
) {
  return { type: 'list', name, message, choices };
}
