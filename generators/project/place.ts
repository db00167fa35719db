import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { Failure } from '../failure.js';
import { applicationsIn } from './application.js';
import { foldersIn, readIfThere, readJson } from './files.js';

/**
 * Refuses a folder that is not the project, and says which folder is meant.
 * @throws Failure
 */
export function refuseWrongPlace(directory: string): void {
  const here = readJson(join(directory, 'package.json'));
  if (here !== null && usesNest(here)) return;
  const workspace = workspaceAbove(directory);
  if (workspace !== null) throw new Failure(insideOf(workspace, directory));
  if (here === null) {
    if (readIfThere(join(directory, 'package.json')) !== null) return;
    throw new Failure(
      `There is no package.json in ${directory}. Run this in a project, or create one with "new DIR".`,
    );
  }
  const inside = packagesInside(directory, here);
  if (inside.length === 0) return;
  const commands = inside.map((folder) => `cd ${folder} && nest-authentication-zero add`).join('\n  ');
  throw new Failure(
    `This is the root of a workspace, whose package.json does not list @nestjs/core. Nothing was written. These packages of it use Nest:\n  ${commands}`,
  );
}

/** Refuses a project without TypeScript. @throws Failure */
export function refuseJavaScript(directory: string, sourceRoot: string, tsconfig: string | null): void {
  const source = join(directory, sourceRoot);
  if (!existsSync(source)) {
    throw new Failure(
      `The folder ${sourceRoot} does not exist. Nothing was written. If the source is elsewhere, set sourceRoot in nest-cli.json, or run this in the folder of the project.`,
    );
  }
  const names = readdirSync(source);
  const isTyped = tsconfig !== null || names.some((name) => name.endsWith('.ts'));
  if (isTyped || !names.some((name) => /\.[cm]?js$/.test(name))) return;
  throw new Failure(
    `This project is written in JavaScript: it has no tsconfig.json, and ${sourceRoot} has no .ts files. Our source is TypeScript. Nothing was written. Add TypeScript to the project first (npm i -D typescript @types/node; npx tsc --init with experimentalDecorators, emitDecoratorMetadata and allowJs), or let a new project serve authentication: nest-authentication-zero new auth`,
  );
}

function usesNest(packageJson: Record<string, unknown>): boolean {
  return ['dependencies', 'devDependencies', 'peerDependencies'].some((section) =>
    Object.hasOwn(packageJson[section] ?? {}, '@nestjs/core'),
  );
}

/** The nearest folder above whose package.json lists Nest, and which holds several applications. */
function workspaceAbove(directory: string): string | null {
  for (let folder = dirname(resolve(directory)); folder !== dirname(folder); folder = dirname(folder)) {
    const packageJson = readJson(join(folder, 'package.json'));
    const isWorkspace = existsSync(join(folder, 'nx.json')) || existsSync(join(folder, 'nest-cli.json'));
    if (packageJson !== null && usesNest(packageJson) && isWorkspace) return folder;
  }
  return null;
}

function insideOf(workspace: string, directory: string): string {
  const path = relative(workspace, resolve(directory)).split(sep).join('/');
  const project = projectAt(workspace, path);
  const flag = project === null ? '' : ` --project ${project}`;
  return `This folder is a part of the project in ${workspace}, which has the package.json. Nothing was written. Run this there: cd ${relative(directory, workspace)} && nest-authentication-zero add${flag}`;
}

/** The application whose folder it is. */
function projectAt(workspace: string, path: string): string | null {
  const found = applicationsIn(workspace).find(
    ({ applicationRoot }) =>
      applicationRoot !== '' && (path === applicationRoot || path.startsWith(`${applicationRoot}/`)),
  );
  return found?.name ?? null;
}

/** Folders of the packages of a workspace (npm, yarn, pnpm, Nx) that list Nest. */
function packagesInside(directory: string, packageJson: Record<string, unknown>): string[] {
  const isWorkspace =
    'workspaces' in packageJson ||
    ['pnpm-workspace.yaml', 'nx.json', 'lerna.json'].some((name) => existsSync(join(directory, name)));
  if (!isWorkspace) return [];
  return foldersIn(directory).filter((folder) => {
    const inside = readJson(join(directory, folder, 'package.json'));
    return inside !== null && usesNest(inside);
  });
}
