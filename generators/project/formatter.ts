import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { readIfThere } from './files.js';
import { lintersOf } from './linters.js';

/** The functions of Prettier that are used here. */
interface Prettier {
  resolveConfig(path: string, options: object): Promise<object | null>;
  format(text: string, options: object): Promise<string>;
}

interface LintOf {
  lintText(text: string, options: object): Promise<{ output?: string }[]>;
}

/** The parts of ESLint that are used here. ESLint 8 has no `loadESLint` before 8.57. */
interface EslintPackage {
  ESLint: new (options: object) => LintOf;
  loadESLint?: (options: object) => Promise<new (options: object) => LintOf>;
}

/** Formats a text with the project's own tools. */
export type Format = (path: string, text: string) => Promise<string>;

/** One tool: how it would write the text of a file. */
type Tool = (file: string, text: string) => Promise<string>;

/**
 * Formats new files, and edited files that were formatted before: with ESLint (which may sort imports), Prettier and
 * Biome, those that the project has. If a tool fails, a text stays as it is.
 */
export function projectsFormat(target: string): Format {
  const tools = toolsOf(target);
  return async (path, text) => {
    const file = join(target, path);
    const before = readIfThere(file);
    let done = text;
    for (const tool of tools) {
      const isWelcome = before === null || (await written(tool, file, before)) === before;
      if (isWelcome) done = (await written(tool, file, done)) ?? done;
    }
    return done;
  };
}

/** A package may be installed although the project does not use it: another one depends on it. */
function toolsOf(target: string): Tool[] {
  const read = (path: string): string | null => readIfThere(join(target, path));
  const { flatConfigs, rcConfigs, hasPrettier, biomeConfigs } = lintersOf(read, '.', {});
  return [
    flatConfigs.length + rcConfigs.length > 0 ? eslint(target) : null,
    hasPrettier ? prettier(target) : null,
    biomeConfigs.length > 0 ? biome(target) : null,
  ].filter((tool) => tool !== null);
}

/** @returns null if the tool fails */
function written(tool: Tool, file: string, text: string): Promise<string | null> {
  return tool(file, text).catch(() => null);
}

function prettier(target: string): Tool | null {
  const own = required(target, 'prettier') as Partial<Prettier> | null;
  const { format, resolveConfig } = own ?? {};
  if (format === undefined || resolveConfig === undefined) return null;
  return async (file, text) => {
    const options = await resolveConfig(file, { editorconfig: true });
    return format(text, { ...options, filepath: file, requirePragma: false });
  };
}

/** What `eslint --fix` would write. It may run rules with types, so it is asked about code only. */
function eslint(target: string): Tool | null {
  const own = required(target, 'eslint') as Partial<EslintPackage> | null;
  if (own?.ESLint === undefined) return null;
  let linter: Promise<LintOf> | null = null;
  const { ESLint, loadESLint } = own;
  const load = async (): Promise<LintOf> =>
    new ((await loadESLint?.({ cwd: target })) ?? ESLint)({ cwd: target, fix: true });
  return async (file, text) => {
    if (!/\.[cm]?[jt]s$/.test(file)) return text;
    linter ??= load();
    const [result] = await (await linter).lintText(text, { filePath: file });
    return result?.output ?? text;
  };
}

/** Biome also sorts the imports, where the project has that turned on. */
function biome(target: string): Tool | null {
  const command = resolved(target, '@biomejs/biome/bin/biome');
  if (command === null) return null;
  return async (file, text) => {
    const child = spawn(process.execPath, [command, 'check', '--write', `--stdin-file-path=${file}`], {
      cwd: target,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stdin.on('error', () => undefined);
    child.stdin.end(text);
    const [code] = (await once(child, 'close')) as [number | null];
    const output = Buffer.concat(chunks).toString();
    if (code !== 0 || output === '') throw new Error('Biome has no answer');
    return output;
  };
}

function required(target: string, name: string): unknown {
  try {
    return createRequire(join(target, 'package.json'))(name);
  } catch {
    return null;
  }
}

function resolved(target: string, path: string): string | null {
  try {
    return createRequire(join(target, 'package.json')).resolve(path);
  } catch {
    return null;
  }
}
