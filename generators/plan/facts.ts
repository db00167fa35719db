import type { Choices } from '../choices.js';
import { hasherNamed } from '../hashers.js';
import type { ProjectFacts } from '../project/detect.js';
import type { Linting } from './addition/linter.js';
import { aroundRows, prefixRow } from './around-rows.js';
import type { FactRow } from './plan.js';

const WHICH_SPECS: Readonly<Record<Choices['specs'], string>> = {
  all: 'all',
  contract: 'contract: what must hold whatever you change',
  none: 'none',
};

/** The table that is shown before anything is written. */
export function factRows(facts: ProjectFacts, choices: Choices, lint: Linting): FactRow[] {
  const row = (fact: string, found: string, then: string, flag = ''): FactRow => ({
    fact,
    found,
    then,
    flag,
  });
  return [
    row('Nest', String(facts.nest), `written for Nest ${facts.nest}`),
    row(
      'modules',
      facts.module,
      choices.module === 'esm' ? 'imports end in .js' : 'imports without a suffix',
      '--module',
    ),
    row('adapter', facts.adapter, `specs run on ${choices.adapter}`, '--adapter'),
    row(
      'tests',
      facts.testRunner ?? 'none',
      choices.specs === 'none' ? 'no runner is set up' : `${choices.testRunner}, in a set-up of its own`,
      '--test-runner',
    ),
    row('passwords', '', `hashed by ${hasherNamed(choices.hasher).package}`, '--hasher'),
    row('specs', '', WHICH_SPECS[choices.specs], '--specs'),
    row('packages', facts.packageManager, `${choices.packageManager} installs`, '--package-manager'),
    ...(facts.applications.length > 1
      ? [
          row(
            'application',
            facts.applications.join(' '),
            facts.project ?? facts.applicationRoot,
            '--project',
          ),
        ]
      : []),
    row('source root', facts.sourceRoot, choices.path, '--path'),
    row(
      'root module',
      facts.rootModule ?? 'not found',
      facts.rootModule === null ? 'lines to paste' : 'imports AuthenticationModule',
    ),
    prefixRow(facts, choices),
    row(
      'routes',
      String(facts.routes.length),
      choices.routePrefix === '' ? 'no clash' : `our routes are under /${choices.routePrefix}`,
      '--route-prefix',
    ),
    row('TypeORM', facts.typeorm ?? 'none', 'a data source and a schema of our own'),
    row(
      'path aliases',
      facts.aliases.length === 0 ? 'none' : facts.aliases.join(' '),
      'not used: imports are relative',
    ),
    row('strict', facts.strict ? 'yes' : 'no', 'compiles either way'),
    row('linter', ...lint.linter),
    row('formatter', ...lint.formatter),
    row(
      'guards',
      '',
      choices.protect === 'all' ? 'every route requires a session' : 'on our routes only',
      '--protect',
    ),
    ...aroundRows(facts.around),
  ];
}
