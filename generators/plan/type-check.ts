import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, posix } from 'node:path';
import type typescript from 'typescript';
import { readJson } from '../project/files.js';
import type { Plan } from './plan.js';

type TypeScript = typeof typescript;

const MOST_SHOWN = 20;
const MODULE_NOT_FOUND = [2307, 7016, 2792, 2875];

/**
 * The type errors that the planned files would add to the project, found by the project's own TypeScript. It is empty if
 * TypeScript is not installed or if there is no tsconfig.
 */
export function typeCheck(plan: Plan): string[] {
  const ts = projectsTypeScript(plan.target);
  if (ts === null || plan.tsconfig === null) return [];
  const config = posix.join(plan.target, plan.tsconfig);
  const planned = new Map(
    plan.files
      // Specs run without a type check, with our own configuration.
      .filter(({ path }) => path.endsWith('.ts') && !path.startsWith(`${plan.choices.testPath}/`))
      .map(({ path, after }) => [posix.join(plan.target, path), after]),
  );
  if (planned.size === 0) return [];
  const missing = !areInstalled(plan);
  const program = programOf(ts, config, planned);
  const changed = new Set(
    plan.files.filter(({ before }) => before !== null).map(({ path }) => posix.join(plan.target, path)),
  );
  const found = [...planned.keys()]
    // Before the install our own source has errors, because packages are missing.
    .filter((path) => !missing || changed.has(path))
    .flatMap((path) => errorsOf(ts, program, path, missing));
  const before =
    found.length === 0 || changed.size === 0 ? new Set<string>() : errorsBefore(ts, plan, config, changed);
  return found.filter((error) => !before.has(error)).slice(0, MOST_SHOWN);
}

function errorsBefore(ts: TypeScript, plan: Plan, config: string, changed: ReadonlySet<string>): Set<string> {
  const program = programOf(ts, config, new Map());
  const files = plan.files.filter(({ path }) => changed.has(posix.join(plan.target, path)));
  return new Set(files.flatMap(({ path }) => errorsOf(ts, program, posix.join(plan.target, path), false)));
}

function errorsOf(ts: TypeScript, program: typescript.Program, path: string, lenient: boolean): string[] {
  const file = program.getSourceFile(path);
  if (file === undefined) return [];
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
    .filter(({ code }) => !lenient || !MODULE_NOT_FOUND.includes(code))
    .map(({ messageText, start = 0 }) => {
      const { line } = file.getLineAndCharacterOfPosition(start);
      return `${path}:${line + 1}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
}

function programOf(ts: TypeScript, config: string, planned: ReadonlyMap<string, string>): typescript.Program {
  const { config: json } = ts.readConfigFile(config, (path) => ts.sys.readFile(path)) as { config?: unknown };
  const parsed = ts.parseJsonConfigFileContent(json ?? {}, ts.sys, posix.dirname(config));
  const options = { ...parsed.options, noEmit: true, incremental: false, composite: false };
  delete options.tsBuildInfoFile;
  const host = ts.createCompilerHost(options);
  const folders = new Set<string>();
  for (const path of planned.keys()) {
    for (
      let folder = posix.dirname(path);
      !folders.has(folder) && folder !== '/';
      folder = posix.dirname(folder)
    )
      folders.add(folder);
  }
  const overlay: typescript.CompilerHost = {
    ...host,
    fileExists: (path) => planned.has(path) || host.fileExists(path),
    directoryExists: (path) => folders.has(path) || host.directoryExists?.(path) === true,
    readFile: (path) => planned.get(path) ?? host.readFile(path),
    getSourceFile: (path, version, ...rest) => {
      const text = planned.get(path);
      return text === undefined
        ? host.getSourceFile(path, version, ...rest)
        : ts.createSourceFile(path, text, version);
    },
  };
  return ts.createProgram([...new Set([...parsed.fileNames, ...planned.keys()])], options, overlay);
}

/** Whether every package that the planned package.json names is installed. */
function areInstalled(plan: Plan): boolean {
  const planned = plan.files.find(({ path }) => path === 'package.json');
  const json = (
    planned === undefined
      ? readJson(join(plan.target, 'package.json'))
      : JSON.parse(planned.after.replace(/^\uFEFF/, ''))
  ) as { dependencies?: object; devDependencies?: object } | null;
  const require = createRequire(join(plan.target, 'package.json'));
  return Object.keys({ ...json?.dependencies, ...json?.devDependencies }).every((name) =>
    (require.resolve.paths(name) ?? []).some((folder) => existsSync(join(folder, name))),
  );
}

/** null for TypeScript 7, too, which has no such API: such a project is not checked. */
function projectsTypeScript(target: string): TypeScript | null {
  try {
    const ts = createRequire(join(target, 'package.json'))('typescript') as Partial<TypeScript>;
    return typeof ts.createProgram === 'function' ? ts : null;
  } catch {
    return null;
  }
}
