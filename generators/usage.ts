const FEATURES = '--features LIST      all, none, or names separated by commas (none)';
const SHOWING = `  --dry-run            show what would be written, and write nothing
  --diff               the same, as a diff`;
const ASKING = `  --yes                ask nothing, use the defaults
  --json               print the result as one JSON object
  --help               print this text`;
const SHARED = `  --skip-install       write the files, but install no packages
${SHOWING}
  --force              overwrite files of yours that are in the way, after showing their diff;
                       ignore type errors and uncommitted changes
${ASKING}`;

const USAGE: Readonly<Record<string, string>> = {
  '': `nest-authentication-zero: authentication for NestJS, as your own source code

Usage
  nest-authentication-zero new DIR    write a new project
  nest-authentication-zero add        add authentication to the project in this folder
  nest-authentication-zero feature new NAME
                                      write the skeleton of a feature of your own
  nest-authentication-zero list       list the optional features

  nest-authentication-zero help COMMAND      explain the flags of a command
  nest-authentication-zero --version         print the version

Exit codes: 0 done, 1 failed and nothing written, 2 wrong usage, 3 conflicts and nothing written
`,
  new: `Usage: nest-authentication-zero new DIR [flags]

Writes a complete project into DIR. DIR must be empty or not exist yet.
Defaults are in parentheses.

  ${FEATURES}
  --adapter NAME       fastify or express (fastify)
  --module SYSTEM      esm or cjs (esm)
  --nest MAJOR         12 or 11 (12)
  --test-runner NAME   jest or vitest (jest)
  --package-manager NAME
                       npm, pnpm or yarn (npm)
  --hasher NAME        the package that hashes passwords: argon2, or node-rs, which takes less CPU
                       time (argon2)
  --specs WHICH        all, contract or none (all)
${SHARED}
`,
  add: `Usage: nest-authentication-zero add [flags]

Adds authentication to the Nest project in this folder. What is found in the project decides;
the flags override it. Features of an earlier run stay. Defaults are in parentheses.

  ${FEATURES}
  --project NAME       the application in a monorepo
  --path DIR           where the source goes (SOURCE ROOT/authentication)
  --route-prefix PATH  path before each of our routes
  --global-prefix PATH the prefix of the whole application, if it cannot be read; none for none
  --no-try             do not start the application after the install
  --adapter NAME       fastify or express
  --module SYSTEM      esm or cjs
  --test-runner NAME   jest or vitest
  --package-manager NAME
                       npm, pnpm or yarn
  --hasher NAME        the package that hashes passwords: argon2, or node-rs, which takes less CPU
                       time (argon2)
  --specs WHICH        all: every spec; contract: those of what must hold whatever you change;
                       none: no specs, and nothing that only they need (contract)
  --protect WHAT       authentication: the guard is on our routes only; all: it is on every
                       route except those marked @Public() (authentication)
${SHARED}
`,
  feature: `Usage: nest-authentication-zero feature new NAME [flags]

Writes the skeleton of a feature of your own into a project that new or add wrote into: module,
controller, service, entity, DTO, migration, spec and README, and its entry in FEATURES of
authentication.module.ts. NAME is a plural in kebab-case, such as notes or team-notes.
All of this code is yours to change.

  --singular NAME      singular of NAME (guessed: note for notes)
${SHOWING}
  --force              ignore type errors; existing files are never overwritten
${ASKING}
`,
  list: `Usage: nest-authentication-zero list [--json]

Lists the optional features, with what each of them adds and requires.
`,
};

/** Whether there is a command of that name. */
export function hasUsage(command: string): boolean {
  return command !== '' && Object.hasOwn(USAGE, command);
}

export function usageOf(command = ''): string {
  return USAGE[hasUsage(command) ? command : ''] ?? '';
}
