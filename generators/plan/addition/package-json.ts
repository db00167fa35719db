import type { Choices } from '../../choices.js';
import { SCARF_SETTINGS, type NeededPackages } from '../../packages.js';
import { withEntries } from '../../transforms/json.js';
import { commandLineScript } from '../command-line.js';
import type { Merge, Read } from './merge.js';
import { testScripts } from './runner-files.js';

/** Adds packages and scripts that the project does not have. */
export function packageJson(read: Read, needed: NeededPackages, choices: Choices): Merge {
  const before = read('package.json') ?? '{}';
  const present = JSON.parse(before.replace(/^\uFEFF/, '')) as Record<
    string,
    Record<string, string> | undefined
  >;
  const known = { ...present['peerDependencies'], ...present['devDependencies'], ...present['dependencies'] };
  const running = { ...present['peerDependencies'], ...present['dependencies'] };
  const added = {
    // A package that production needs goes here even if the project has it in devDependencies.
    dependencies: without(needed.dependencies, running),
    devDependencies: without(fittedToJest(needed.devDependencies, known['jest']), known),
    scripts: without({ ...testScripts(choices), ...commandLineScript(choices) }, present['scripts'] ?? {}),
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

/** The environment of Jest must be of the same version as the project's Jest. */
function fittedToJest(
  wanted: Readonly<Record<string, string>>,
  jest: string | undefined,
): Record<string, string> {
  const name = 'jest-environment-node';
  return jest === undefined || wanted[name] === undefined ? { ...wanted } : { ...wanted, [name]: jest };
}

function without(
  wanted: Readonly<Record<string, string>>,
  present: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => !Object.hasOwn(present, name)));
}
