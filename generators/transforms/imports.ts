import { posix } from 'node:path';
import { SyntaxKind, ts } from 'ts-morph';
import { syntaxOf } from './syntax.js';
import { splice, type Splice } from './text.js';

interface ImportedModule {
  specifier: string;
  /** position of the text between the quotes */
  start: number;
  end: number;
  isDynamic: boolean;
}

/** Every module that a source text imports, with the position of its specifier. */
export function importsOf(text: string): ImportedModule[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName, pos }) => {
    const quote = text.indexOf(fileName, pos);
    return {
      specifier: fileName,
      start: quote,
      end: quote + fileName.length,
      isDynamic: /import\s*\(\s*$/.test(text.slice(0, quote - 1)),
    };
  });
}

/** The npm package of a specifier, or null for a path or a module of Node. */
export function packageOf(specifier: string): string | null {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return null;
  const [scope = '', name = ''] = specifier.split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}

/**
 * CommonJS projects write relative imports without a suffix. A dynamic `import()` keeps the suffix: under `nodenext`
 * TypeScript does not turn it into `require`, and Node needs the suffix there.
 */
export function withoutSuffix(text: string): string {
  const splices = importsOf(text)
    .filter(({ specifier, isDynamic }) => /^\.{1,2}\/.*\.js$/.test(specifier) && !isDynamic)
    .map(({ specifier, start, end }): Splice => ({ start, end, text: specifier.slice(0, -3) }));
  return refitted(splice(text, splices));
}

/**
 * Writes default imports of packages as `import name = require('package')`. Without `esModuleInterop` TypeScript compiles
 * a default import of a CommonJS package to a property `default`, which the package does not have.
 */
export function withoutDefaultImports(text: string): string {
  const splices = syntaxOf(text)
    .getImportDeclarations()
    .flatMap((declaration): Splice[] => {
      const name = declaration.getDefaultImport()?.getText();
      if (name === undefined || packageOf(declaration.getModuleSpecifierValue()) === null) return [];
      const type = declaration.isTypeOnly() ? 'type ' : '';
      const required = `import ${type}${name} = require(${declaration.getModuleSpecifier().getText()});`;
      return [{ start: declaration.getStart(), end: declaration.getEnd(), text: required }];
    });
  return splice(text, splices);
}

/**
 * Loads a package that is needed late by `require`. TypeScript does so itself with `module: commonjs`, but leaves the
 * `import()` as it is with `nodenext`, and Jest then refuses it without a flag of Node.
 */
export function withoutDynamicImports(text: string): string {
  if (!text.includes('import(')) return text;
  const splices = syntaxOf(text)
    .getDescendantsOfKind(SyntaxKind.CallExpression)
    .flatMap((call): Splice[] => {
      const [specifier] = call.getArguments();
      const isImport = call.getExpression().getKind() === SyntaxKind.ImportKeyword;
      if (!isImport || specifier === undefined || packageOf(specifier.getText().slice(1, -1)) === null)
        return [];
      const from = specifier.getText();
      const required = `Promise.resolve(require(${from}) as typeof import(${from}))`;
      return [{ start: call.getStart(), end: call.getEnd(), text: required }];
    });
  return splice(text, splices);
}

const PRINT_WIDTH = 110;

/** Formats the named imports of a text as Prettier does: on one line if they fit. */
function refitted(text: string): string {
  const declarations = syntaxOf(text).getImportDeclarations();
  const splices = declarations.flatMap((declaration): Splice[] => {
    const before = declaration.getText();
    const names = declaration.getNamedImports().map((named) => named.getText());
    if (names.length === 0 || /\/[/*]/.test(before.replace(/(['"]).*?\1/g, ''))) return [];
    const [head, tail] = [before.slice(0, before.indexOf('{')), before.slice(before.indexOf('}') + 1)];
    const line = `${head}{ ${names.join(', ')} }${tail}`;
    const lines = `${head}{\n${names.map((name) => `  ${name},\n`).join('')}}${tail}`;
    const fits = line.length <= PRINT_WIDTH || names.length === 1;
    return [{ start: declaration.getStart(), end: declaration.getEnd(), text: fits ? line : lines }];
  });
  return splice(text, splices);
}

/**
 * Rewrites the relative imports of a moved file: they lead to the new paths of their targets.
 * @param from path of the file in our package; `to`: its path in the project; both POSIX
 * @param moved gives the path in the project for a path in our package
 */
export function relocated(text: string, from: string, to: string, moved: (path: string) => string): string {
  const splices = importsOf(text)
    .filter(({ specifier }) => specifier.startsWith('.'))
    .map(({ specifier, start, end }): Splice => {
      const target = moved(posix.join(posix.dirname(from), specifier));
      const path = posix.relative(posix.dirname(to), target);
      return { start, end, text: path.startsWith('.') ? path : `./${path}` };
    });
  return refitted(splice(text, splices));
}
