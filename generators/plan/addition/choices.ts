import { posix } from 'node:path';
import type { Answers, Choices, Hasher, NestMajor } from '../../choices.js';
import type { FeatureManifest } from '../../features/feature.js';
import { chosenFeatures, FEATURES } from '../../features/index.js';
import { Conflicting } from '../../failure.js';
import { hasherNamed } from '../../hashers.js';
import { MANIFEST, type Manifest } from '../../manifest.js';
import type { Flags } from '../../options.js';
import type { ProjectFacts } from '../../project/detect.js';
import { trimmed } from '../../project/global-prefix.js';
import { SPECS, type Specs } from '../../specs.js';
import type { Read } from './merge.js';

/** A flag decides first, then an answer, then what an earlier run wrote down, then what was found in the project. */
export function choicesOf(
  facts: ProjectFacts,
  flags: Flags,
  answers: Answers,
  manifest: Manifest | null,
  read: Read,
): Choices {
  const before = manifest?.options;
  const path = flags.path ?? before?.path ?? posix.join(facts.sourceRoot, 'authentication');
  const wanted = chosenFeatures(flags.features ?? (answers.features ?? []).join(','));
  // Adding a feature removes no other: a sign-in must not lose its second factor. What the owner deleted stays deleted.
  const isKept = ({ name, folder }: FeatureManifest): boolean =>
    before?.features.includes(name) === true &&
    read(`${path}/${folder}/${posix.basename(folder)}.module.ts`) !== null;
  return {
    command: 'add',
    name: facts.name,
    features: FEATURES.filter((feature) => wanted.includes(feature) || isKept(feature)),
    module: flags.module ?? facts.module,
    esModuleInterop: facts.esModuleInterop,
    adapter: flags.adapter ?? facts.adapter,
    testRunner: flags.testRunner ?? before?.testRunner ?? facts.testRunner ?? 'jest',
    nest: facts.nest as NestMajor,
    packageManager: flags.packageManager ?? facts.packageManager,
    yarn: null,
    project: facts.project,
    path,
    testPath: posix.join(facts.applicationRoot, 'test'),
    hasher: hasherOf(flags.hasher ?? answers.hasher, manifest, path),
    specs: specsOf(flags, manifest),
    routePrefix: flags.routePrefix ?? before?.routePrefix ?? '',
    globalPrefix: globalPrefix(facts, flags, answers, before?.globalPrefix),
    protect: flags.protect ?? before?.protect ?? 'authentication',
  };
}

/** Files are never deleted, so there can be more specs later, but not fewer. @throws Conflicting */
function specsOf({ specs }: Flags, manifest: Manifest | null): Specs {
  if (manifest === null) return specs ?? 'contract';
  // Releases that did not have the flag wrote all of them.
  const before = (manifest.options.specs as Specs | undefined) ?? 'all';
  if (specs !== undefined && SPECS.indexOf(specs) < SPECS.indexOf(before)) {
    throw new Conflicting(
      `This project has --specs ${before}, and ${specs} are fewer. Nothing was written. Delete the specs that you do not want: files that you deleted stay deleted. To get fewer specs with later features, change "specs" in ${MANIFEST}.`,
    );
  }
  return specs ?? before;
}

/** Files are never deleted, and the owner may have changed `HASHING`, so the generator does not. @throws Conflicting */
function hasherOf(wanted: Hasher | undefined, manifest: Manifest | null, path: string): Hasher {
  if (manifest === null) return wanted ?? 'argon2';
  // Releases that did not have the flag wrote argon2.
  const before = (manifest.options.hasher as Hasher | undefined) ?? 'argon2';
  if (wanted !== undefined && wanted !== before) {
    throw new Conflicting(
      `This project has --hasher ${before}. Nothing was written. To change it to ${wanted}, take ${path}/core/passwords/${hasherNamed(wanted).file}.ts and the lines of HASHING in ${path}/authentication.module.ts from a new project with --hasher ${wanted}, install ${hasherNamed(wanted).package}, and set "hasher" in ${MANIFEST}. The digests of passwords stay as they are.`,
    );
  }
  return before;
}

/** A prefix that is found in the source may have changed since the last run, so it counts before the old one. */
function globalPrefix(
  { globalPrefix: { value, unread } }: ProjectFacts,
  flags: Flags,
  answers: Answers,
  before: string | undefined,
): string {
  const given = flags.globalPrefix ?? answers.globalPrefix;
  if (given !== undefined) return given === 'none' ? '' : trimmed(given);
  return unread === null ? value : (before ?? value);
}
