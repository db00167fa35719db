import type { ModuleSystem, NestMajor } from './choices.js';

/** Packages of which Nest 11 needs another version than our package.json names. */
const NEST_11: Readonly<Record<string, string>> = {
  '@nestjs/common': '^11.2.6',
  '@nestjs/core': '^11.2.6',
  '@nestjs/platform-express': '^11.2.6',
  '@nestjs/platform-fastify': '^11.2.6',
  '@nestjs/swagger': '^11.4.0',
  '@nestjs/testing': '^11.2.6',
  '@nestjs/typeorm': '^11.0.3',
};

/** Packages that only generated projects use. Vitest 5 needs Node 22. */
const SCAFFOLD: Readonly<Record<string, string>> = { vitest: '^4.1.9' };

/**
 * The package behind `nest generate`. Version 12 writes imports with `.js` if package.json says `module`. It declares a
 * newer Node than 20, so npm warns, but it runs on 20. Version 11 writes imports without a suffix. Both work with
 * `@nestjs/cli` 11; version 12 of the CLI needs Node 20.19.5.
 */
export function schematicsOf(
  module: ModuleSystem,
  own: Readonly<Record<string, string>>,
): string | undefined {
  return module === 'esm' ? own['@nestjs/schematics'] : '^11.1.0';
}

/** The version range of a package for that major version of Nest. */
export function versionOf(
  name: string,
  nest: NestMajor,
  own: Readonly<Record<string, string>>,
): string | undefined {
  return (nest === 11 ? NEST_11[name] : undefined) ?? own[name] ?? SCAFFOLD[name];
}
