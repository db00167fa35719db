import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.js';
import { readJson } from './files.js';
import { nxApplications } from './nx.js';

/** Where an application is. Paths are POSIX paths, relative to the project. */
export interface Application {
  /** its name in nest-cli.json or in Nx; null: the project is the application */
  name: string | null;
  sourceRoot: string;
  applicationRoot: string;
  entryFile: string;
}

export interface Applications {
  chosen: Application;
  /** every application of a monorepo; empty for a project that is one application */
  names: readonly string[];
}

/**
 * The application that we add to. nest-cli.json says where the source of each one is, or the folders of an Nx workspace.
 * @param wanted the value of `--project`
 * @throws Failure if there is no such application, or if one of several must be named
 */
export function application(directory: string, wanted: string | null): Applications {
  const config = readJson(join(directory, 'nest-cli.json')) ?? {};
  const isNx = isNxWorkspace(directory);
  const all = applicationsIn(directory);
  const names = all.map(({ name }) => name ?? '');
  if (wanted !== null) {
    const chosen = all.find(({ name }) => name === wanted);
    if (chosen === undefined) throw new Failure(missing(wanted, names, isNx));
    return { chosen, names };
  }
  if (!isNx) return { chosen: rootApplication(config, all), names };
  const [only, another] = all;
  if (only === undefined)
    throw new Failure(
      'No application of this Nx workspace has a main.ts that uses Nest. Nothing was written.',
    );
  if (another !== undefined)
    throw new Failure(
      `This workspace has several applications: add --project NAME (${names.join(', ')}). Nothing was written.`,
    );
  return { chosen: only, names };
}

/** Every application of a monorepo; empty for a project that is one application. */
export function applicationsIn(directory: string): Application[] {
  if (isNxWorkspace(directory)) return nxApplications(directory);
  return nestApplications(readJson(join(directory, 'nest-cli.json')) ?? {});
}

/** A workspace that has both files is built by Nest's own command. */
function isNxWorkspace(directory: string): boolean {
  return existsSync(join(directory, 'nx.json')) && !existsSync(join(directory, 'nest-cli.json'));
}

type Config = Readonly<Record<string, unknown>>;

function nestApplications(config: Config): Application[] {
  const projects = (config['projects'] ?? {}) as Record<string, Config>;
  return Object.entries(projects)
    .filter(([, { type }]) => type === 'application')
    .map(([name, project]) => placed(name, textOf(project['root'], ''), project, config));
}

/** The default of Nest's own command: the project whose root is that of the workspace, else the workspace itself. */
function rootApplication(config: Config, all: readonly Application[]): Application {
  const root = textOf(config['root'], '');
  const chosen = config['root'] === undefined ? undefined : all.find((each) => each.applicationRoot === root);
  return chosen ?? placed(null, '', config, config);
}

function placed(name: string | null, applicationRoot: string, chosen: Config, config: Config): Application {
  return {
    name,
    applicationRoot,
    sourceRoot: textOf(chosen['sourceRoot'], applicationRoot === '' ? 'src' : `${applicationRoot}/src`),
    entryFile: textOf(chosen['entryFile'] ?? config['entryFile'], 'main'),
  };
}

function missing(wanted: string, names: readonly string[], isNx: boolean): string {
  const place = isNx ? 'the Nx workspace' : 'nest-cli.json';
  const known = names.length === 0 ? '' : `; it has ${names.join(', ')}`;
  return `--project ${wanted}: ${place} has no such application${known}. Nothing was written.`;
}

export function textOf(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value.replace(/^\.\//, '').replace(/\/+$/, '') : fallback;
}
