import type { FeatureManifest } from './features/feature.js';

export type ModuleSystem = 'esm' | 'cjs';
export type Adapter = 'express' | 'fastify';
export type TestRunner = 'jest' | 'vitest';
export type PackageManager = 'npm' | 'pnpm' | 'yarn';
export type NestMajor = 11 | 12;
export type Protection = 'authentication' | 'all';

/** All that decides what is written. Paths are POSIX and relative to the target. */
export interface Choices {
  command: 'new' | 'add';
  /** of the package */
  name: string;
  features: readonly FeatureManifest[];
  module: ModuleSystem;
  adapter: Adapter;
  testRunner: TestRunner;
  nest: NestMajor;
  packageManager: PackageManager;
  /** where `src/authentication/` goes */
  path: string;
  /** where `test/` goes */
  testPath: string;
  /** '' or 'auth' */
  routePrefix: string;
  protect: Protection;
}

/** What a person answered, beneath the flags. */
export interface Answers {
  /** of a new project, or of the one to add to */
  directory?: string;
  name?: string;
  singular?: string;
  features?: readonly string[];
  adapter?: Choices['adapter'];
  module?: Choices['module'];
  testRunner?: Choices['testRunner'];
  packageManager?: Choices['packageManager'];
}
