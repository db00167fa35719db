import { join, posix } from 'node:path';
import type { Answers, Choices } from '../choices.js';
import { composedSource } from '../compose.js';
import { MANIFEST, manifestText, type Manifest } from '../manifest.js';
import type { Flags } from '../options.js';
import { neededPackages, type NeededPackages } from '../packages.js';
import type { PackageTree } from '../package-tree.js';
import { detect, type ProjectFacts } from '../project/detect.js';
import { installedVersion, readIfThere } from '../project/files.js';
import { lintersOf } from '../project/linters.js';
import { aroundNotes, guardPastes } from './addition/around.js';
import { choicesOf } from './addition/choices.js';
import { envExample } from './addition/env-example.js';
import { settingsFiles } from './addition/formatting-files.js';
import { linting, type Linting } from './addition/linter.js';
import type { Merge, Read } from './addition/merge.js';
import { notesOf } from './addition/notes.js';
import { ourFolders } from './addition/our-folders.js';
import { packageJson } from './addition/package-json.js';
import { pnpmWorkspace } from './addition/pnpm-workspace.js';
import {
  refuseClashes,
  refuseOldTsNode,
  refuseOldTypeorm,
  refuseOtherPath,
  refuseOtherProject,
} from './addition/refusals.js';
import { rootModule } from './addition/root-module.js';
import { runnerFiles } from './addition/runner-files.js';
import { typeFiles } from './addition/type-files.js';
import { commandLineFile } from './command-line.js';
import { factRows } from './facts.js';
import { withNewFeatures } from './listed-features.js';
import {
  manifestOf,
  readManifest,
  settle,
  type OwnFile,
  type Paste,
  type Plan,
  type PlannedFile,
} from './plan.js';

/** Plans what is added to an existing project. @throws Conflicting if TypeORM is too old or a route clashes */
export function planAddition(tree: PackageTree, target: string, flags: Flags, answers: Answers): Plan {
  const read: Read = (path) => readIfThere(join(target, path));
  const manifest = readManifest(read);
  refuseOtherProject(manifest, flags);
  refuseOtherPath(manifest, flags);
  const facts = detect(target, flags.project ?? manifest?.options.project ?? null);
  refuseOldTypeorm(facts);
  refuseOldTsNode(facts);
  const choices = choicesOf(facts, flags, answers, manifest, read);
  const source = composedSource(tree, choices);
  refuseClashes(source, facts, choices);
  const runner = runnerFiles(
    tree,
    choices,
    installedVersion(target, 'jest') ?? facts.packages['jest'] ?? null,
  );
  const code = [...source, commandLineFile(choices), ...runner];
  const folders = ourFolders(
    code.map(({ to }) => to),
    choices,
  );
  const linters = lintersOf(read, posix.dirname(choices.path), facts.packages);
  const settings = settingsFiles(tree, linters, folders);
  const lint = linting(target, read, linters, folders, manifest);
  const types = typeFiles(target, facts, code, choices);
  const own = [...code, ...types, ...settings].map(({ to, text }) => ({ path: to, text }));
  const needed = neededPackages([...source, ...runner], choices, tree);
  const root = rootModule(read, facts, choices);
  const guards = guardPastes(read, facts, choices);
  const pnpm = pnpmWorkspace(target, read, choices);
  const merges = [
    packageJson(read, needed, choices),
    ...pnpm.merges,
    envExample(read, source, choices),
    ...root.merges,
    ...lint.merges,
  ];
  return assembled(
    tree,
    target,
    choices,
    facts,
    { own, merges, paste: [...root.paste, ...guards, ...pnpm.paste, ...lint.paste], needed, lint },
    read,
    manifest,
    { ...flags, globalPrefix: flags.globalPrefix ?? answers.globalPrefix },
  );
}

interface Parts {
  own: readonly OwnFile[];
  merges: readonly Merge[];
  paste: readonly Paste[];
  needed: NeededPackages;
  lint: Linting;
}

function assembled(
  tree: PackageTree,
  target: string,
  choices: Choices,
  facts: ProjectFacts,
  { own, merges, paste, needed, lint }: Parts,
  read: Read,
  manifest: Manifest | null,
  flags: Flags,
): Plan {
  const merged = withNewFeatures(own, read, manifest, choices, tree.packageJson.version);
  const settled = settle(own, read, manifest, flags.force, merged);
  const edited = merges.flatMap(({ path, text }): PlannedFile[] => {
    const before = read(path);
    return before === text ? [] : [{ path, before, after: text }];
  });
  // Sorted, so that adding features in two runs gives the same manifest as in one run.
  const edits = Object.fromEntries(
    merges.map(({ path, put }) => [path, [...new Set([...(manifest?.edits[path] ?? []), ...put])].sort()]),
  );
  const written = manifestText(manifestOf(tree.packageJson.version, choices, own, edits));
  const before = read(MANIFEST);
  const isAssumed = flags.globalPrefix === undefined && manifest === null;
  const ours = before === written ? [] : [{ path: MANIFEST, before, after: written }];
  return {
    target,
    choices,
    facts: factRows(facts, choices, lint),
    tsconfig: facts.tsconfig,
    files: [...settled.files, ...edited, ...ours],
    toFormat: [...merges.map(({ path }) => path), MANIFEST],
    kept: settled.kept,
    conflicts: settled.conflicts,
    overwritten: settled.overwritten,
    paste,
    notes: [...notesOf(facts, choices, needed), ...aroundNotes(facts, choices, own, isAssumed)],
  };
}
