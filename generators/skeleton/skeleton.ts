import type { PackageTree } from '../package-tree.js';
import type { Specs } from '../specs.js';
import { camelCase, capitalised, pascalCase, snakeCase, type SkeletonNames } from './names.js';

/** A file of the skeleton, with the path that it would have in our own repository. */
export interface SkeletonFile {
  path: string;
  text: string;
}

const TEMPLATES = 'templates/feature';
/** Keeps compilers, linters and formatters from treating a template as source. */
const SUFFIX = '.txt';
const MANIFEST = 'manifest.ts';
const TIMESTAMP = '1700000000000';

/**
 * The code, the spec and the README of a feature. The templates are a working feature called `sample-things`. They have
 * no tags, so `{{` has no special meaning in them: only names are replaced.
 */
export function skeletonFiles(
  tree: PackageTree,
  names: SkeletonNames,
  timestamp: number,
  specs: Specs,
): SkeletonFile[] {
  return templatesOf(tree)
    .filter((name) => name !== MANIFEST && (specs !== 'none' || !name.endsWith('.spec.ts')))
    .map((name) => {
      const folder = name.endsWith('.spec.ts') ? 'test/authentication' : 'src/authentication';
      return rendered(tree, name, `${folder}/features/${names.plural}`, names, timestamp);
    });
}

/** A further file that a feature of this repository needs, so that the generator offers it. */
export function skeletonManifest(tree: PackageTree, names: SkeletonNames): SkeletonFile {
  const { text } = rendered(tree, MANIFEST, '', names, 0);
  return { path: `generators/features/${names.plural}.ts`, text };
}

function templatesOf(tree: PackageTree): string[] {
  return tree.list(TEMPLATES).map((path) => path.slice(TEMPLATES.length + 1, -SUFFIX.length));
}

function rendered(
  tree: PackageTree,
  name: string,
  folder: string,
  names: SkeletonNames,
  timestamp: number,
): SkeletonFile {
  const fill = (text: string): string => renamed(text, names).replaceAll(TIMESTAMP, String(timestamp));
  return { path: `${folder}/${fill(name)}`, text: fill(tree.read(`${TEMPLATES}/${name}${SUFFIX}`)) };
}

/** Replaces `SampleThings`, `sampleThing`, `sample-things`, `sample_things`, `Sample things`, each in its spelling. */
export function renamed(text: string, { plural, singular }: SkeletonNames): string {
  return text.replace(/([Ss])ample([-_ ]?)[Tt]hing(s?)/g, (_, initial: string, joint: string, s: string) => {
    const name = s === '' ? singular : plural;
    const isCapital = initial === 'S';
    if (joint === '') return isCapital ? pascalCase(name) : camelCase(name);
    const joined = joint === '_' ? snakeCase(name) : name.replaceAll('-', joint);
    return isCapital ? capitalised(joined) : joined;
  });
}
