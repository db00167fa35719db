import { SyntaxKind, type VariableDeclaration } from 'ts-morph';
import type { Everywhere } from './around.js';
import type { Source, Sources } from './sources.js';

/** A decorator of the project that opens a route to everyone, such as `@Public()`. */
export interface PublicMark {
  name: string;
  path: string;
  /** how it is written: `Public()`, or `Public(true)` if it was made by `Reflector.createDecorator` */
  call: string;
}

const NAMES = /public|anonymous|unauthenticated|skip_?auth|no_?auth|without_?auth|ignore_?auth|open/i;

interface Candidate extends PublicMark {
  /** words that a guard which looks for the mark has in its text */
  words: readonly string[];
}

/** The decorator that these guards look for. A name such as `Public` counts if no guard is in the project's source. */
export function publicMarkOf(sources: Sources, guards: readonly Everywhere[]): PublicMark | null {
  const candidates = sources
    .with('SetMetadata', 'createDecorator')
    .flatMap((file) => candidatesIn(sources, file))
    .filter(({ name, words }) => NAMES.test(name) || words.some((word) => NAMES.test(word)));
  const texts = guards.flatMap(({ path }) => sources.files.filter((file) => file.path === path));
  const asked = candidates.find(({ words }) =>
    texts.some(({ text }) => words.some((word) => new RegExp(`\\b${escaped(word)}\\b`).test(text))),
  );
  const found = asked ?? (texts.length === 0 ? candidates[0] : undefined);
  return found === undefined ? null : { name: found.name, path: found.path, call: found.call };
}

function candidatesIn(sources: Sources, file: Source): Candidate[] {
  const tree = sources.syntax(file);
  const constants = tree
    .getVariableDeclarations()
    .filter((declaration) => declaration.getVariableStatement()?.isExported() === true)
    .flatMap((declaration) => candidateOf(file, declaration));
  const functions = tree
    .getFunctions()
    .filter((each) => each.isExported() && !each.isDefaultExport())
    .flatMap((each) => marking(file, each.getName() ?? '', each.getText()));
  return [...constants, ...functions];
}

function candidateOf(file: Source, declaration: VariableDeclaration): Candidate[] {
  const name = declaration.getName();
  const made = declaration.getInitializerIfKind(SyntaxKind.CallExpression);
  if (made?.getExpression().getText() === 'Reflector.createDecorator')
    return [{ name, path: file.path, call: `${name}(true)`, words: [name] }];
  const isFunction =
    declaration.getInitializerIfKind(SyntaxKind.ArrowFunction) ??
    declaration.getInitializerIfKind(SyntaxKind.FunctionExpression);
  return isFunction === undefined ? [] : marking(file, name, isFunction.getText());
}

/** A function that sets one key, to true or to what it gets. */
function marking(file: Source, name: string, text: string): Candidate[] {
  const [, key] = /\bSetMetadata\(\s*([\w$.]+|'[^']+'|"[^"]+")\s*,/.exec(text) ?? [];
  if (name === '' || key === undefined) return [];
  return [{ name, path: file.path, call: `${name}()`, words: [name, key.replace(/^['"]|['"]$/g, '')] }];
}

function escaped(word: string): string {
  return word.replace(/[^\w]/g, String.raw`\$&`);
}
