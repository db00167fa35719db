import { join } from 'node:path';
import { Failure } from '../failure.js';
import { readJson } from './files.js';

/** Where an application is. Paths are POSIX paths, relative to the project. */
export interface Application {
  sourceRoot: string;
  applicationRoot: string;
  entryFile: string;
}

/** nest-cli.json says where the source of each application is. */
export function application(directory: string, wanted: string | null): Application {
  const config = readJson(join(directory, 'nest-cli.json')) ?? {};
  const projects = (config['projects'] ?? {}) as Record<string, Record<string, unknown>>;
  const applications = Object.entries(projects).filter(([, { type }]) => type === 'application');
  const root = applications.find(([, project]) => project['root'] === config['root']);
  const named = wanted === null ? root : applications.find(([name]) => name === wanted);
  if (wanted !== null && named === undefined) {
    const names = applications.map(([name]) => name).join(', ');
    throw new Failure(
      `--project ${wanted}: nest-cli.json has no such application${names === '' ? '' : `; it has ${names}`}. Nothing was written.`,
    );
  }
  const chosen = named?.[1] ?? config;
  const applicationRoot = textOf(named === undefined ? '' : chosen['root'], '');
  return {
    applicationRoot,
    sourceRoot: textOf(chosen['sourceRoot'], applicationRoot === '' ? 'src' : `${applicationRoot}/src`),
    entryFile: textOf(chosen['entryFile'] ?? config['entryFile'], 'main'),
  };
}

export function textOf(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value.replace(/^\.\//, '').replace(/\/+$/, '') : fallback;
}
