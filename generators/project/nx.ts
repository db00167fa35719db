import { join, posix } from 'node:path';
import { textOf, type Application } from './application.js';
import { foldersIn, readIfThere, readJson } from './files.js';

/** The Nest applications of an Nx workspace: folders with a project.json or package.json, and a main.ts that uses Nest. */
export function nxApplications(directory: string): Application[] {
  return foldersIn(directory).flatMap((folder): Application[] => {
    const project = readJson(join(directory, folder, 'project.json'));
    const packageJson = readJson(join(directory, folder, 'package.json'));
    if (project === null && packageJson === null) return [];
    const sourceRoot = textOf(project?.['sourceRoot'], posix.join(folder, 'src'));
    const entry = readIfThere(join(directory, sourceRoot, 'main.ts'));
    if (entry?.includes('NestFactory') !== true) return [];
    const name = textOf(project?.['name'] ?? packageJson?.['name'], posix.basename(folder));
    return [{ name, applicationRoot: folder, sourceRoot, entryFile: 'main' }];
  });
}
