import { parseArgs } from 'node:util';
import type {
  Adapter,
  Hasher,
  ModuleSystem,
  NestMajor,
  PackageManager,
  Protection,
  TestRunner,
} from './choices.js';
import { WrongUsage } from './failure.js';
import { globalPrefix, nestMajor, oneOf, relativePath, prefix } from './flag-values.js';
import { HASHER_NAMES } from './hashers.js';
import type { Specs } from './specs.js';
import { suggestion } from './suggestion.js';

export type Command = 'new' | 'add' | 'feature' | 'list';

/** The flags as given. If a flag is absent, the project or a default decides. */
export interface Flags {
  command: Command;
  directory: string | undefined;
  /** of the new feature, a plural */
  name: string | undefined;
  /** its singular */
  singular: string | undefined;
  features: string | undefined;
  path: string | undefined;
  project: string | undefined;
  routePrefix: string | undefined;
  /** '' for none */
  globalPrefix: string | undefined;
  /** false: the application is not started after the install */
  try: boolean;
  adapter: Adapter | undefined;
  module: ModuleSystem | undefined;
  nest: NestMajor | undefined;
  testRunner: TestRunner | undefined;
  packageManager: PackageManager | undefined;
  hasher: Hasher | undefined;
  specs: Specs | undefined;
  protect: Protection | undefined;
  skipInstall: boolean;
  dryRun: boolean;
  diff: boolean;
  force: boolean;
  yes: boolean;
  json: boolean;
}

const WRITING = {
  'dry-run': { type: 'boolean' },
  diff: { type: 'boolean' },
  force: { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
  json: { type: 'boolean' },
} as const;

const BOTH = {
  ...WRITING,
  features: { type: 'string' },
  adapter: { type: 'string' },
  module: { type: 'string' },
  'test-runner': { type: 'string' },
  'package-manager': { type: 'string' },
  hasher: { type: 'string' },
  specs: { type: 'string' },
  'skip-install': { type: 'boolean' },
} as const;

const OPTIONS = {
  new: { ...BOTH, nest: { type: 'string' } },
  add: {
    ...BOTH,
    path: { type: 'string' },
    project: { type: 'string' },
    'route-prefix': { type: 'string' },
    'global-prefix': { type: 'string' },
    'no-try': { type: 'boolean' },
    protect: { type: 'string' },
  },
  feature: { ...WRITING, singular: { type: 'string' } },
  list: { json: { type: 'boolean' } },
} as const;

const COMMANDS: readonly Command[] = ['new', 'add', 'feature', 'list'];

type Options = Readonly<Record<string, { type: 'boolean' | 'string'; short?: string }>>;
type Values = Readonly<Record<string, string | boolean | undefined>>;

/** @throws WrongUsage with a line for each fault of the command line */
export function parseFlags(args: readonly string[]): Flags {
  const [word, ...rest] = args;
  const command = commandOf(word);
  const faults: string[] = [];
  const { values, positionals } = parsed(command, rest, faults);
  /** Goes on after a wrong value, so that all of them are told at once. */
  const read = <T>(name: string, of: (value: string | undefined) => T): T | undefined => {
    const value = values[name];
    return collected(faults, () => of(typeof value === 'string' ? value : undefined));
  };
  const text = (name: string): string | undefined => read(name, (value) => value);
  const choice = <T extends string>(name: string, choices: readonly T[]): T | undefined =>
    read(name, (value) => oneOf(name, value, choices));
  const flag = (name: string): boolean => values[name] === true;
  // The value of a flag that is unknown looks like an argument.
  const hasUnknown = faults.length > 0;
  const [argument] = hasUnknown ? [] : (collected(faults, () => argumentsOf(command, positionals)) ?? []);
  const flags: Flags = {
    command,
    directory: command === 'new' ? argument : undefined,
    name: command === 'feature' ? argument : undefined,
    singular: text('singular'),
    features: text('features'),
    path: read('path', (value) => relativePath('path', value)),
    project: text('project'),
    routePrefix: read('route-prefix', (value) => prefix('route-prefix', value)),
    globalPrefix: read('global-prefix', globalPrefix),
    try: !flag('no-try'),
    adapter: choice('adapter', ['fastify', 'express']),
    module: choice('module', ['esm', 'cjs']),
    nest: read('nest', nestMajor),
    testRunner: choice('test-runner', ['jest', 'vitest']),
    packageManager: choice('package-manager', ['npm', 'pnpm', 'yarn']),
    hasher: choice('hasher', HASHER_NAMES),
    specs: choice('specs', ['all', 'contract', 'none']),
    protect: choice('protect', ['authentication', 'all']),
    skipInstall: flag('skip-install'),
    dryRun: flag('dry-run'),
    diff: flag('diff'),
    force: flag('force'),
    yes: flag('yes'),
    json: flag('json'),
  };
  if (faults.length > 0) throw new WrongUsage(faults.join('\n'));
  return flags;
}

function commandOf(word: string | undefined): Command {
  const command = COMMANDS.find((known) => known === word);
  if (command !== undefined) return command;
  throw new WrongUsage(
    word === undefined
      ? 'A command is missing: use new, add, feature or list.'
      : `There is no command ${word}: use new, add, feature or list.${suggestion(word, COMMANDS)}`,
  );
}

function collected<T>(faults: string[], work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof WrongUsage)) throw error;
    faults.push(error.message);
    return undefined;
  }
}

function argumentsOf(command: Command, positionals: readonly string[]): readonly string[] {
  const [verb, ...others] = positionals;
  if (command === 'feature' && verb !== 'new')
    throw new WrongUsage(`feature takes new NAME; it got ${verb ?? 'nothing'}.`);
  const given = command === 'feature' ? others : positionals;
  const most = command === 'new' || command === 'feature' ? 1 : 0;
  if (given.length > most) {
    const takes = most === 0 ? 'no' : 'one';
    throw new WrongUsage(`${command} takes ${takes} argument; it got ${given.join(' ')}.`);
  }
  return given;
}

/** `parseArgs` stops at the first fault when it is strict, so the tokens are checked here. */
function parsed(
  command: Command,
  args: string[],
  faults: string[],
): { values: Values; positionals: string[] } {
  const options: Options = OPTIONS[command];
  const { values, positionals, tokens } = parseArgs({
    args,
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === 'option') faults.push(...faultsOf(token, command, options));
  }
  return { values, positionals };
}

interface Token {
  name: string;
  rawName: string;
  value: string | undefined;
  inlineValue: boolean | undefined;
}

function faultsOf(
  { name, rawName, value, inlineValue }: Token,
  command: Command,
  options: Options,
): string[] {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined) {
    const known = Object.keys(options).map((each) => `--${each}`);
    return [`${command} has no flag ${rawName}.${suggestion(rawName, known)}`];
  }
  if (option.type === 'boolean') return value === undefined ? [] : [`${rawName} takes no value.`];
  if (value === undefined || value === '') return [`${rawName} needs a value.`];
  const isFlag = inlineValue === false && value.startsWith('-');
  return isFlag ? [`${rawName} needs a value; the flag ${value} follows it.`] : [];
}
