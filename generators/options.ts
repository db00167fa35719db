import { parseArgs } from 'node:util';
import type { Adapter, ModuleSystem, NestMajor, PackageManager, Protection, TestRunner } from './choices.js';
import { WrongUsage } from './failure.js';

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
  adapter: Adapter | undefined;
  module: ModuleSystem | undefined;
  nest: NestMajor | undefined;
  testRunner: TestRunner | undefined;
  packageManager: PackageManager | undefined;
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
  'skip-install': { type: 'boolean' },
} as const;

const OPTIONS = {
  new: { ...BOTH, nest: { type: 'string' } },
  add: {
    ...BOTH,
    path: { type: 'string' },
    project: { type: 'string' },
    'route-prefix': { type: 'string' },
    protect: { type: 'string' },
  },
  feature: { ...WRITING, singular: { type: 'string' } },
  list: { json: { type: 'boolean' } },
} as const;

const COMMANDS: readonly Command[] = ['new', 'add', 'feature', 'list'];

type Values = Readonly<Record<string, string | boolean | undefined>>;

/** @throws WrongUsage */
export function parseFlags(args: readonly string[]): Flags {
  const [word, ...rest] = args;
  const command = COMMANDS.find((known) => known === word);
  if (command === undefined) {
    throw new WrongUsage(
      `${word === undefined ? 'A command is missing' : `There is no command ${word}`}: use new, add, feature or list.`,
    );
  }
  const { values, positionals } = parsed(command, rest);
  const [argument] = argumentsOf(command, positionals);
  const text = (name: string): string | undefined =>
    typeof values[name] === 'string' ? values[name] : undefined;
  const flag = (name: string): boolean => values[name] === true;
  return {
    command,
    directory: command === 'new' ? argument : undefined,
    name: command === 'feature' ? argument : undefined,
    singular: text('singular'),
    features: text('features'),
    path: relativePath('path', text('path')),
    project: text('project'),
    routePrefix: routePrefix(text('route-prefix')),
    adapter: oneOf('adapter', text('adapter'), ['fastify', 'express']),
    module: oneOf('module', text('module'), ['esm', 'cjs']),
    nest: nestMajor(text('nest')),
    testRunner: oneOf('test-runner', text('test-runner'), ['jest', 'vitest']),
    packageManager: oneOf('package-manager', text('package-manager'), ['npm', 'pnpm', 'yarn']),
    protect: oneOf('protect', text('protect'), ['authentication', 'all']),
    skipInstall: flag('skip-install'),
    dryRun: flag('dry-run'),
    diff: flag('diff'),
    force: flag('force'),
    yes: flag('yes'),
    json: flag('json'),
  };
}

function argumentsOf(command: Command, positionals: readonly string[]): readonly string[] {
  const [verb, ...others] = positionals;
  if (command === 'feature' && verb !== 'new')
    throw new WrongUsage(`feature takes new NAME; it got ${verb ?? 'nothing'}`);
  const given = command === 'feature' ? others : positionals;
  const most = command === 'new' || command === 'feature' ? 1 : 0;
  if (given.length > most) {
    throw new WrongUsage(`${command} takes ${most === 0 ? 'no' : 'one'} argument; it got ${given.join(' ')}`);
  }
  return given;
}

function parsed(command: Command, args: string[]): { values: Values; positionals: string[] } {
  try {
    const { values, positionals } = parseArgs({ args, options: OPTIONS[command], allowPositionals: true });
    return { values: values as Values, positionals };
  } catch (error) {
    throw new WrongUsage((error as Error).message.split('. ', 1)[0] ?? '');
  }
}

function oneOf<T extends string>(
  name: string,
  value: string | undefined,
  choices: readonly T[],
): T | undefined {
  if (value === undefined) return undefined;
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) throw refused(name, value, choices.join(' or '));
  return choice;
}

function nestMajor(value: string | undefined): NestMajor | undefined {
  const name = oneOf('nest', value, ['12', '11']);
  return name === undefined ? undefined : name === '12' ? 12 : 11;
}

/** A path that stays inside the project. */
function relativePath(name: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const parts = value
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  if (value.startsWith('/') || parts.length === 0 || parts.includes('..')) {
    throw refused(name, value, 'a folder in the project, such as src/authentication');
  }
  return parts.join('/');
}

function routePrefix(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const trimmed = value.replace(/^\/+|\/+$/g, '');
  if (trimmed !== '' && !/^[\w.~-]+(\/[\w.~-]+)*$/.test(trimmed)) {
    throw refused('route-prefix', value, 'a path of letters, digits and . _ ~ -, such as auth');
  }
  return trimmed;
}

function refused(name: string, value: string, takes: string): WrongUsage {
  return new WrongUsage(`--${name} takes ${takes}; it got ${JSON.stringify(value)}`);
}
