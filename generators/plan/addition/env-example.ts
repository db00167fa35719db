import { DEFAULTS } from '../../../src/authentication/core/settings/defaults.js';
import type { Choices } from '../../choices.js';
import type { ComposedFile } from '../../compose.js';
import { FEATURES } from '../../features/index.js';
import { withVariables, type Variable } from '../../transforms/env-example.js';
import { readBy, variablesOf } from '../../variables.js';
import type { Merge, Read } from './merge.js';

/** Where the project looks for Postgres if DATABASE_URL is not set. */
export const DATABASE = 'postgres://postgres:postgres@127.0.0.1:5432/postgres';

/** Adds variables that the example does not have. */
export function envExample(read: Read, source: readonly ComposedFile[], choices: Choices): Merge {
  const variables = readBy(source, variablesOf(FEATURES)).map((variable) => ({
    ...variable,
    ...inAnExistingProject(variable, choices),
  }));
  const before = read('.env.example') ?? '';
  const text = withVariables(before, variables, 'Authentication: each variable is shown with its default');
  return { path: '.env.example', text, put: text === before ? [] : variables.map(({ name }) => name) };
}

/** The defaults of an existing project differ from those of the reference server. */
function inAnExistingProject({ name, meaning }: Variable, choices: Choices): Partial<Variable> {
  if (name === 'DATABASE_URL')
    return { fallback: DATABASE, meaning: 'the Postgres server that holds the schema `authentication`' };
  if (name === 'APP_URL') return { fallback: appUrl(choices) };
  if (name === 'SECRET_KEY')
    return { fallback: '', meaning: `${meaning}; unset: a random key that is lost when the process ends` };
  return {};
}

/** Mailed links start with it, so it includes the global prefix of the project. */
export function appUrl({ globalPrefix }: Choices): string {
  return `${DEFAULTS.APP_URL}${globalPrefix === '' ? '' : `/${globalPrefix}`}`;
}
