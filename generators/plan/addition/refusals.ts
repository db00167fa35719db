import type { Choices } from '../../choices.js';
import type { ComposedFile } from '../../compose.js';
import { Conflicting } from '../../failure.js';
import type { Manifest } from '../../manifest.js';
import type { Flags } from '../../options.js';
import type { ProjectFacts } from '../../project/detect.js';
import { majorOf } from '../../project/files.js';
import { clashes, routesOf } from '../../project/routes.js';

/** @throws Conflicting */
export function refuseOldTypeorm({ typeorm }: ProjectFacts): void {
  if (typeorm === null || (majorOf(typeorm) ?? 1) >= 1) return;
  throw new Conflicting(
    `The project has TypeORM ${typeorm}, but 1.x is needed. Upgrade it first (https://typeorm.io/docs/releases/1.0/upgrading-from-0.3). Nothing was written.`,
  );
}

/** @throws Conflicting: one manifest describes one application */
export function refuseOtherProject(manifest: Manifest | null, { project }: Flags): void {
  const before = manifest?.options.project ?? null;
  if (manifest === null || project === undefined || project === before) return;
  throw new Conflicting(
    `An earlier run added authentication to ${before === null ? 'this project' : `--project ${before}`}. It can be added to one application of a workspace. Nothing was written.`,
  );
}

/** @throws Conflicting if a route of ours is a route of the project, too */
export function refuseClashes(source: readonly ComposedFile[], facts: ProjectFacts, choices: Choices): void {
  const prefix = choices.routePrefix === '' ? '' : `/${choices.routePrefix}`;
  const ours = source
    .filter(({ from }) => from?.endsWith('.controller.ts') === true)
    .flatMap(({ text }) => routesOf(text))
    .map(({ method, path }) => ({ method, path: prefix + path }));
  const theirs = facts.routes.filter(({ file }) => !file.startsWith(`${choices.path}/`));
  const both = clashes(ours, theirs);
  if (both.length === 0) return;
  const names = [...new Set(both.map(({ method, path }) => `${method} ${path}`))].join(', ');
  throw new Conflicting(
    `Your project has these routes already: ${names}. Nothing was written. Use --route-prefix auth to put ours under /auth.`,
  );
}
