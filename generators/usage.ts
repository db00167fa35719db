const FEATURES = '--features LIST      all, none, or names separated by commas (none)';
const SHOWING = `  --dry-run            show what would be written, and write nothing
  --diff               the same, as a diff`;
const ASKING = `  --yes                ask nothing: take the defaults
  --json               print one JSON object
  --help`;
const SHARED = `  --skip-install       write only
${SHOWING}
  --force              overwrite what is in the way; do not ask about an unclean git tree
${ASKING}`;

const USAGE: Readonly<Record<string, string>> = {
  '': `nest-authentication-zero: authentication for NestJS, as your own source code

Usage
  nest-authentication-zero new DIR    a new project
  nest-authentication-zero add        into the project of this folder
  nest-authentication-zero feature new NAME
                                      the skeleton of a feature of your own
  nest-authentication-zero list       the features

  nest-authentication-zero COMMAND --help    the flags of a command

Exit codes: 0 done, 1 failed and nothing written, 2 wrong usage, 3 conflicts and nothing written
`,
  new: `Usage: nest-authentication-zero new DIR [flags]

A complete project in DIR, which must be empty or not there yet.

  ${FEATURES}
  --adapter NAME       fastify or express (fastify)
  --module SYSTEM      esm or cjs (esm)
  --nest MAJOR         12 or 11 (12)
  --test-runner NAME   jest or vitest (jest)
  --package-manager NAME
                       npm, pnpm or yarn (npm)
${SHARED}
`,
  add: `Usage: nest-authentication-zero add [flags]

Into the Nest project of this folder. What is found there decides, and these flags say otherwise.
Features of an earlier run stay.

  ${FEATURES}
  --project NAME       the application in a monorepo
  --path DIR           where the source goes (SOURCE ROOT/authentication)
  --route-prefix PATH  before every route of ours
  --adapter NAME       fastify or express
  --module SYSTEM      esm or cjs
  --test-runner NAME   jest or vitest
  --package-manager NAME
                       npm, pnpm or yarn
  --protect WHAT       authentication: guards our routes alone; all: every route, but those
                       that are @Public() (authentication)
${SHARED}
`,
  feature: `Usage: nest-authentication-zero feature new NAME [flags]

The skeleton of a feature of your own, in a project that new or add wrote into: module, controller,
service, entity, DTO, migration, spec and README, and its entry in FEATURES of authentication.module.ts.
NAME is a plural in kebab-case, such as notes or team-notes; every line is yours from then on.

  --singular NAME      what one of them is called (guessed: notes, note)
${SHOWING}
  --force              write in spite of type errors; what is there stays in any case
${ASKING}
`,
  list: `Usage: nest-authentication-zero list [--json]

The optional features: what each brings, needs and adds.
`,
};

export function usageOf(command = ''): string {
  return USAGE[command] ?? USAGE[''] ?? '';
}
