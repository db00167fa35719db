import { join } from 'node:path';
import { Conflicting, Failure } from '../failure.js';
import { withoutBom } from '../transforms/syntax.js';
import { installedVersion, majorOf, readIfThere } from './files.js';

/** @throws Failure if it is not a JSON object */
export function packageJsonOf(directory: string): Record<string, unknown> {
  try {
    const text = readIfThere(join(directory, 'package.json')) ?? '';
    const value: unknown = JSON.parse(withoutBom(text).body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Reported below.
  }
  throw new Failure(
    'package.json is not a JSON object; comments are not allowed in it. Nothing was written.',
  );
}

/** Version ranges by package name. */
export function packagesOf(packageJson: Record<string, unknown>): Record<string, string> {
  return ['peerDependencies', 'devDependencies', 'dependencies'].reduce<Record<string, string>>(
    (all, key) => ({ ...all, ...(packageJson[key] as Record<string, string> | undefined) }),
    {},
  );
}

/** @throws Failure if this is not a Nest project, Conflicting if its version is not supported */
export function nestMajor(directory: string, packages: Readonly<Record<string, string>>): number {
  const version = installedVersion(directory, '@nestjs/core') ?? packages['@nestjs/core'];
  if (version === undefined) {
    throw new Failure(
      'This is not a Nest project: package.json does not list @nestjs/core. Nothing was written.',
    );
  }
  const major = majorOf(version);
  if (major !== 11 && major !== 12) {
    throw new Conflicting(
      `Nest ${version} is not supported; 11 and 12 are. Nothing was written. Upgrade first (https://docs.nestjs.com/migration-guide).`,
    );
  }
  return major;
}
