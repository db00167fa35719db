import type { NodePlopAPI } from 'node-plop';
import { FEATURES } from './features/index.js';
import type { Answers, Run } from './run.js';

/**
 * Our generators on Plop, with action types of our own. Plop's built-in ones run file contents through Handlebars,
 * insert twice, and have neither a dry run nor a way back.
 */
export function registerGenerators(plop: NodePlopAPI, run: Run): void {
  const step = (name: string, work: (answers: Answers) => string | Promise<string>): void => {
    plop.setActionType(name, async (answers) => {
      try {
        return await work(answers);
      } catch (error) {
        // Plop keeps the message alone.
        run.failure = error;
        throw error;
      }
    });
  };
  step('plan', (answers) => run.makePlan(answers));
  step('check', () => run.check());
  step('write', () => run.write());
  const actions = [{ type: 'plan' }, { type: 'check' }, { type: 'write' }];

  plop.setGenerator('new', {
    description: 'a new project',
    prompts: [
      {
        type: 'input',
        name: 'directory',
        message: 'Folder of the new project',
        default: 'my-app',
        when: run.flags.directory === undefined,
      },
      features(run),
      choice(run, 'adapter', 'HTTP adapter', ['fastify', 'express']),
      choice(run, 'module', 'Module system', ['esm', 'cjs']),
      choice(run, 'testRunner', 'Test runner', ['jest', 'vitest']),
      choice(run, 'packageManager', 'Package manager', ['npm', 'pnpm', 'yarn']),
    ],
    actions,
  });
  plop.setGenerator('add', {
    description: 'into the project of this folder',
    prompts: [features(run)],
    actions,
  });
}

function features(run: Run) {
  return {
    type: 'checkbox',
    name: 'features',
    message: 'Optional features',
    choices: FEATURES.map(({ name, title }) => ({ name: `${name}: ${title}`, value: name, short: name })),
    when: run.flags.features === undefined,
  };
}

function choice(
  run: Run,
  name: 'adapter' | 'module' | 'testRunner' | 'packageManager',
  message: string,
  choices: string[],
) {
  return { type: 'list', name, message, choices, when: run.flags[name] === undefined };
}
