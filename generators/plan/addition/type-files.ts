import type { Choices } from '../../choices.js';
import type { ComposedFile } from '../../compose.js';
import { compilerOptions } from '../../project/compiler.js';
import type { ProjectFacts } from '../../project/detect.js';
import { majorOf } from '../../project/files.js';
import { testsOf } from './runner-files.js';

/**
 * Our specs use the globals of Jest. The project's compiler does not know them if its `types` are without `jest`,
 * and it may include our specs: this file names the types for it.
 */
export function typeFiles(
  target: string,
  { tsconfig, packages }: ProjectFacts,
  code: readonly ComposedFile[],
  choices: Choices,
): ComposedFile[] {
  const folder = testsOf(choices);
  // TypeScript 6 takes no types that are not listed.
  const all = (majorOf(packages['typescript'] ?? '') ?? 5) < 6 ? ['*'] : [];
  const { types = all } = compilerOptions(target, tsconfig);
  const isKnown = types.some((each) => each === '*' || each.includes('jest'));
  if (isKnown || choices.testRunner !== 'jest' || !code.some(({ to }) => to.startsWith(`${folder}/`)))
    return [];
  return [{ from: null, to: `${folder}/jest.d.ts`, text: '/// <reference types="jest" />\n' }];
}
