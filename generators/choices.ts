import type { FeatureManifest } from './features/feature.js';
import type { Specs } from './specs.js';

export type ModuleSystem = 'esm' | 'cjs';
export type Adapter = 'express' | 'fastify';
export type TestRunner = 'jest' | 'vitest';
export type PackageManager = 'npm' | 'pnpm' | 'yarn';
export type NestMajor = 11 | 12;
/** The package that hashes passwords. Both write the same digests. */
export type Hasher = 'argon2' | 'node-rs';
export type Protection = 'authentication' | 'all';

/** Everything that decides what is written. Paths are POSIX paths, relative to the target. */
export interface Choices {
  command: 'new' | 'add';
  /** the name in package.json */
  name: string;
  features: readonly FeatureManifest[];
  module: ModuleSystem;
  /** whether the compiler gives a CommonJS module a default export; ECMAScript modules always have it */
  esModuleInterop: boolean;
  adapter: Adapter;
  testRunner: TestRunner;
  nest: NestMajor;
  packageManager: PackageManager;
  /** version of Yarn that `new` found; null: another package manager, or a project of its owner */
  yarn: string | null;
  /** name of the application in a monorepo */
  project: string | null;
  /** where `src/authentication/` goes */
  path: string;
  /** where `test/` goes */
  testPath: string;
  hasher: Hasher;
  specs: Specs;
  /** '' for none, else a path such as 'auth' */
  routePrefix: string;
  protect: Protection;
  /** of the whole application, '' for none: mailed links have it */
  globalPrefix: string;
}

/** What a person answered to the prompts. A flag has priority over an answer. */
export interface Answers {
  /** folder of the new or existing project */
  directory?: string;
  name?: string;
  singular?: string;
  globalPrefix?: string;
  features?: readonly string[];
  adapter?: Choices['adapter'];
  module?: Choices['module'];
  testRunner?: Choices['testRunner'];
  nest?: `${NestMajor}`;
  packageManager?: Choices['packageManager'];
  hasher?: Hasher;
}
