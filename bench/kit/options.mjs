import { parseArgs } from 'node:util';

export const HELP = `npm run bench -- [options]

Measures the cost of an authenticated request and of a sign-in, side by side: a bare handler, ours, and others.
Starts a Postgres of its own, or uses the one of DATABASE_URL, where it creates databases and drops them at the end.

  --only NAMES       measures or contestants, separated by commas (a wrong name lists all of them)
  --rounds N         how often each contestant is visited; default: 40 for requests, 8 for sign-ins, 4 for the mix
  --requests N       requests of one visit; default: 500
  --short            a check that all of it runs, in less than a minute; its figures mean nothing
  --out DIR          where the results are stored; default: bench/results
  --compare A B      compares the ratios of two stored results; fails if one differs by more than 15 %
  --help             this text
`;

const OPTIONS = {
  only: { type: 'string' },
  rounds: { type: 'string' },
  requests: { type: 'string' },
  short: { type: 'boolean', default: false },
  out: { type: 'string' },
  compare: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

/** A mistake of whoever typed the command: shown without a stack. */
export class UsageError extends Error {}

/** @throws UsageError */
export function optionsOf(args) {
  const { values, positionals } = parsed(args);
  if (values.compare && positionals.length !== 2) {
    throw new UsageError('--compare takes two files: --compare A.json B.json');
  }
  if (!values.compare && positionals.length > 0) {
    throw new UsageError(`What is "${positionals[0]}"? ${known()}`);
  }
  return {
    ...values,
    files: positionals,
    only: values.only?.split(',').map((name) => name.trim()),
    rounds: whole('rounds', values.rounds),
    requests: whole('requests', values.requests),
  };
}

function parsed(args) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    if (error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
      throw new UsageError(`Unknown option ${/'(.+?)'/.exec(error.message)[1]}. ${known()}`);
    }
    throw new UsageError(error.message);
  }
}

const known = () =>
  `The options are ${Object.keys(OPTIONS)
    .map((name) => `--${name}`)
    .join(', ')}.`;

function whole(name, value) {
  if (value === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
  throw new UsageError(`--${name} takes a whole number above 0; it got "${value}"`);
}
