import { join } from 'node:path';
import { SyntaxKind, type CallExpression, type Node } from 'ts-morph';
import { constantText } from './constants.js';
import { readIfThere } from './files.js';
import type { Source, Sources } from './sources.js';

/** The prefix of all routes of the application. */
export interface GlobalPrefix {
  /** '' for none; if it cannot be read, the likeliest one */
  value: string;
  /** what `setGlobalPrefix` gets, if that is known only when the application runs; else null */
  unread: string | null;
}

const ENV_FILES = ['.env', '.env.example', 'env-example', '.env.sample', '.env.dist'];

/** @param entry the entry file, whose call counts before others */
export function globalPrefixOf(sources: Sources, entry: string | null): GlobalPrefix {
  const calls = sources
    .with('setGlobalPrefix')
    .sort((a, b) => Number(b.path === entry) - Number(a.path === entry))
    .flatMap((file) => callsOf(sources, file).map((call) => ({ file, call })));
  const [first] = calls;
  const argument = first?.call.getArguments()[0];
  if (first === undefined || argument === undefined) return { value: '', unread: null };
  const text = constantText(sources, first.file, argument);
  if (text !== null) return { value: trimmed(text), unread: null };
  return { value: trimmed(likely(sources, first.file, argument) ?? ''), unread: shown(argument) };
}

export function trimmed(prefix: string): string {
  return prefix.replace(/^\/+|\/+$/g, '');
}

function callsOf(sources: Sources, file: Source): CallExpression[] {
  return sources
    .syntax(file)
    .getDescendantsOfKind(SyntaxKind.CallExpression)
    .filter((call) => call.getExpression().getText().endsWith('.setGlobalPrefix'));
}

/** A default in the code (`?? 'api'`, `get('PREFIX', 'api')`), or the value of its variable in an .env file. */
function likely(sources: Sources, file: Source, argument: Node): string | null {
  const names = [...argument.getText().matchAll(/\b[A-Z][A-Z0-9_]{2,}\b/g)].map(([name]) => name);
  const variable = names.map((name) => variableIn(sources.directory, name)).find((value) => value !== null);
  return variable ?? fallbackIn(sources, file, argument) ?? configured(sources, argument);
}

/** `get('app.apiPrefix')` reads what the project's configuration calls `apiPrefix`. */
function configured(sources: Sources, argument: Node): string | null {
  const [key] = argument.asKind(SyntaxKind.CallExpression)?.getArguments() ?? [];
  const name = key?.asKind(SyntaxKind.StringLiteral)?.getLiteralText().split('.').at(-1);
  if (name === undefined || !/^[a-z]\w*$/i.test(name)) return null;
  for (const file of sources.with(`${name}:`)) {
    const value = sources
      .syntax(file)
      .getDescendantsOfKind(SyntaxKind.PropertyAssignment)
      .find((property) => property.getName() === name)
      ?.getInitializer();
    if (value === undefined || value.asKind(SyntaxKind.CallExpression) !== undefined) continue;
    const text = constantText(sources, file, value) ?? likely(sources, file, value);
    if (text !== null) return text;
  }
  return null;
}

function fallbackIn(sources: Sources, file: Source, argument: Node): string | null {
  const binary = argument.asKind(SyntaxKind.BinaryExpression);
  const second = argument.asKind(SyntaxKind.CallExpression)?.getArguments()[1];
  return constantText(sources, file, binary?.getRight() ?? second);
}

function variableIn(directory: string, name: string): string | null {
  for (const file of ENV_FILES) {
    const [, value] =
      new RegExp(`^${name}=["']?([^"'\\r\\n#]*)`, 'm').exec(readIfThere(join(directory, file)) ?? '') ?? [];
    if (value !== undefined) return value.trim();
  }
  return null;
}

function shown(argument: Node): string {
  return argument.getText().replace(/\s+/g, ' ');
}
