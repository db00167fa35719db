import type { Choices } from '../../choices.js';
import type { NeededPackages } from '../../packages.js';
import type { ProjectFacts } from '../../project/detect.js';
import { majorOf } from '../../project/files.js';
import { appUrl } from './env-example.js';

/** What the owner must know after the run. */
export function notesOf(facts: ProjectFacts, choices: Choices, needed: NeededPackages): string[] {
  const wanted = { ...needed.devDependencies, ...needed.dependencies };
  const older = Object.entries(wanted).filter(([name, range]) => {
    const theirs = facts.packages[name];
    return (
      theirs !== undefined &&
      (majorOf(theirs) ?? 0) < (majorOf(range) ?? 0) &&
      !name.startsWith('@nestjs/') &&
      // Tried, too: refusals.ts.
      name !== 'typeorm'
    );
  });
  return [
    'Your application now needs Postgres at DATABASE_URL when it starts. So do tests that start your root module.',
    `Mailed links start with APP_URL (${appUrl(choices)} until you set it). Settings are read from process.env. A .env file is used only if your application loads it (node --env-file, or ConfigModule of @nestjs/config).`,
    ...secretsNote(choices),
    ...(facts.ownParser
      ? [
          'Your own application still answers malformed JSON, bodies that are too large and unknown paths. To answer them with our problem documents, add app.useGlobalFilters(app.get(ProblemFilter)) to your main.ts.',
        ]
      : []),
    ...older.map(
      ([name, range]) =>
        `Your project has ${name} ${facts.packages[name] ?? ''}, which is older than ${range}, the version that we tested with.`,
    ),
    ...(choices.protect === 'all'
      ? [
          'Every route, GraphQL resolver and WebSocket message now needs a session, and handlers of microservices are refused. Put @Public() from http/routes/public.js on what must stay open. docs/authentication/own-routes.md says what gateways need.',
        ]
      : facts.around.guards.length > 0
        ? [guardedRoutes(facts)]
        : [
            'Your own routes stay open. Put @UseGuards(AuthenticationGuard) on routes that require a signed-in user.',
          ]),
    `${choices.path}/README.md says what each folder is for and which file to open for a change.`,
  ];
}

/** The guards of the project run before ours, and they refuse our users: they know nothing of our sessions. */
function guardedRoutes({ around: { guards, publicMark } }: ProjectFacts): string {
  const names = guards.map(({ name }) => name).join(', ');
  const opened = publicMark === null ? 'let your guard pass it' : `put your @${publicMark.call} on it`;
  return `Your own routes stay behind ${names}. For a route that requires a user of ours instead, ${opened} and add @UseGuards(AuthenticationGuard).`;
}

function secretsNote({ features }: Choices): string[] {
  const keeping = features.filter(({ keepsSecrets }) => keepsSecrets).map(({ name }) => name);
  if (keeping.length === 0) return [];
  return [
    `Set SECRET_KEY (openssl rand -base64 32). Without it, the secrets of ${keeping.join(' and ')} are lost at a restart. Production always requires it.`,
  ];
}
