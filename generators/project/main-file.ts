import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { SyntaxKind, type SourceFile } from 'ts-morph';
import type { Adapter } from '../choices.js';

/** What the entry file of the project, usually `main.ts`, says. */

export function adapterOf(main: SourceFile | null, packages: Readonly<Record<string, string>>): Adapter {
  const text = main?.getFullText() ?? '';
  if (text.includes('FastifyAdapter')) return 'fastify';
  if ('@nestjs/platform-express' in packages) return 'express';
  return '@nestjs/platform-fastify' in packages ? 'fastify' : 'express';
}

export function rootModuleOf(
  directory: string,
  sourceRoot: string,
  entry: string | null,
  main: SourceFile | null,
): string | null {
  const created = main
    ?.getDescendantsOfKind(SyntaxKind.CallExpression)
    .find((call) => /NestFactory\s*\.\s*create\w*$/.test(call.getExpression().getText()))
    ?.getArguments()[0]
    ?.getText();
  const specifier = main
    ?.getImportDeclarations()
    .find((declaration) => declaration.getNamedImports().some((named) => named.getName() === created))
    ?.getModuleSpecifierValue();
  const candidates = [
    ...(specifier?.startsWith('.') === true && entry !== null
      ? [`${posix.join(posix.dirname(entry), specifier).replace(/\.js$/, '')}.ts`]
      : []),
    `${sourceRoot}/app.module.ts`,
  ];
  return candidates.find((path) => existsSync(join(directory, path))) ?? null;
}

/** Whether the application parses bodies itself, as Nest does unless it is told not to. */
export function hasOwnParser(main: SourceFile | null): boolean {
  return main === null || !/bodyParser\s*:\s*false/.test(main.getFullText());
}
