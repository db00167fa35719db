import type { ModuleSystem, NestMajor } from './choices.js';

/** Where Nest 11 wants another version than our package.json names. */
const NEST_11: Readonly<Record<string, string>> = {
  '@nestjs/common': '^11.2.6',
  '@nestjs/core': '^11.2.6',
  '@nestjs/platform-express': '^11.2.6',
  '@nestjs/platform-fastify': '^11.2.6',
  '@nestjs/swagger': '^11.4.0',
  '@nestjs/testing': '^11.2.6',
  '@nestjs/typeorm': '^11.0.3',
};

/** What only a scaffold uses. Vitest 5 wants Node 22. */
const SCAFFOLD: Readonly<Record<string, string>> = { vitest: '^4.1.9' };

/**
 * The code of `nest generate`. Version 12 writes imports with `.js` where package.json says `module`, but asks for a newer
 * Node than 20 (it runs there: npm warns); 11 asks for none, and writes them without. Both run under version 11 of
 * `@nestjs/cli`: 12 does not start before Node 20.19.5.
 */
export function schematicsOf(
  module: ModuleSystem,
  own: Readonly<Record<string, string>>,
): string | undefined {
  return module === 'esm' ? own['@nestjs/schematics'] : '^11.1.0';
}

/** The version range of a package, by Nest's major. */
export function versionOf(
  name: string,
  nest: NestMajor,
  own: Readonly<Record<string, string>>,
): string | undefined {
  return (nest === 11 ? NEST_11[name] : undefined) ?? own[name] ?? SCAFFOLD[name];
}
