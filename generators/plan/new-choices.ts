import { basename } from 'node:path';
import type { Answers, Choices } from '../choices.js';
import { chosenFeatures } from '../features/index.js';
import type { Flags } from '../options.js';
import { packageName } from '../skeleton/names.js';
import { yarnVersion } from './package-manager.js';

/** The choices for a new project: a flag decides first, then an answer, then the default. */
export function newChoices(target: string, flags: Flags, answers: Answers): Choices {
  const packageManager = flags.packageManager ?? answers.packageManager ?? 'npm';
  return {
    command: 'new',
    name: packageName(basename(target)),
    features: chosenFeatures(flags.features ?? (answers.features ?? []).join(',')),
    module: flags.module ?? answers.module ?? 'esm',
    esModuleInterop: true,
    adapter: flags.adapter ?? answers.adapter ?? 'fastify',
    testRunner: flags.testRunner ?? answers.testRunner ?? 'jest',
    nest: flags.nest ?? (answers.nest === '11' ? 11 : 12),
    packageManager,
    yarn: packageManager === 'yarn' ? yarnVersion() : null,
    project: null,
    path: 'src/authentication',
    testPath: 'test',
    hasher: flags.hasher ?? answers.hasher ?? 'argon2',
    specs: flags.specs ?? 'all',
    routePrefix: '',
    protect: 'authentication',
    globalPrefix: '',
  };
}
