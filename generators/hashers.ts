import type { Hasher } from './choices.js';

/** A hasher: its class and its file, and the package that the file imports. */
export interface HasherManifest {
  readonly name: Hasher;
  readonly className: string;
  /** without its ending, in `core/passwords/` of the source and of the specs */
  readonly file: string;
  readonly package: string;
}

/** The first one is the default. */
export const HASHERS: readonly HasherManifest[] = [
  { name: 'argon2', className: 'Argon2Hashing', file: 'argon2-hashing', package: 'argon2' },
  { name: 'node-rs', className: 'NodeRsHashing', file: 'node-rs-hashing', package: '@node-rs/argon2' },
];

export const HASHER_NAMES: readonly Hasher[] = HASHERS.map(({ name }) => name);

export function hasherNamed(wanted: Hasher): HasherManifest {
  const found = HASHERS.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`there is no hasher ${wanted}`);
  return found;
}
