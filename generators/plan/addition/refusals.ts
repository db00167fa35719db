import type { Choices } from '../../choices.js';
import type { ComposedFile } from '../../compose.js';
import { Conflicting } from '../../failure.js';
import type { Manifest } from '../../manifest.js';
import type { Flags } from '../../options.js';
import type { ProjectFacts } from '../../project/detect.js';
import { majorOf } from '../../project/files.js';
import { clashes, routesOf, withPrefix } from '../../project/routes.js';

/** The first version of TypeORM 0.3 with `ForeignKey` and a typed `query()`. Our specs pass on its newest version, too. */
const TYPEORM_0_3 = 24;

/** @throws Conflicting */
export function refuseOldTypeorm({ typeorm, packageManager }: ProjectFacts): void {
  // A range such as ^0.3.20 of a project that is not installed gives its newest version.
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)/.exec(typeorm ?? '') ?? [];
  if (typeorm === null || (major === undefined && majorOf(typeorm) !== 0)) return;
  if (major === undefined ? /^[~^]0\.3\./.test(typeorm) : major !== '0') return;
  if (minor === '3' && Number(patch) >= TYPEORM_0_3) return;
  const command = `${packageManager} ${packageManager === 'npm' ? 'install' : 'add'} typeorm@^0.3.${TYPEORM_0_3}`;
  throw new Conflicting(
    `The project has TypeORM ${typeorm}, but 0.3.${TYPEORM_0_3} or newer, or 1.x, is needed. Nothing was written. Upgrade it first: ${command}`,
  );
}

/**
 * TypeORM 1 names ts-node 10.9.2 as an optional peer, and npm refuses to install beside an older one, which Nx pins.
 * @throws Conflicting
 */
export function refuseOldTsNode({ packages, packageManager, typeorm }: ProjectFacts): void {
  const range = packages['ts-node'] ?? '';
  if (packageManager !== 'npm' || typeorm !== null || !/^10\.([0-8]\.|9\.[01]$)/.test(range)) return;
  throw new Conflicting(
    `The project has ts-node ${range}, beside which npm does not install TypeORM 1: 10.9.2 or newer is needed. Nothing was written. Run this first: npm install --save-dev ts-node@^10.9.2`,
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

/** @throws Conflicting: a second copy elsewhere would not be the one that the root module imports */
export function refuseOtherPath(manifest: Manifest | null, { path }: Flags): void {
  const before = manifest?.options.path;
  if (before === undefined || path === undefined || path === before) return;
  throw new Conflicting(
    `An earlier run wrote our source to ${before}, and --path ${path} would write a second copy. Nothing was written. Leave --path out.`,
  );
}

/** @throws Conflicting if a route of ours is a route of the project, too */
export function refuseClashes(source: readonly ComposedFile[], facts: ProjectFacts, choices: Choices): void {
  const ours = source
    .filter(({ from }) => from?.endsWith('.controller.ts') === true)
    .flatMap(({ text }) => routesOf(text));
  const theirs = facts.routes.filter(({ file }) => !file.startsWith(`${choices.path}/`));
  const both = clashes(withPrefix(ours, choices.routePrefix), theirs);
  if (both.length === 0) return;
  const names = [...new Set(both.map(({ method, path }) => `${method} ${path}`))].join(', ');
  throw new Conflicting(
    `Your project has these routes already: ${names}. Nothing was written. Use --route-prefix auth to put ours under /auth.`,
  );
}
