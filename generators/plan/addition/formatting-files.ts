import type { ComposedFile } from '../../compose.js';
import type { PackageTree } from '../../package-tree.js';
import type { Linters } from '../../project/linters.js';
import type { OurFolders } from './our-folders.js';

/**
 * Settings of the project's linters and formatters for our folders only. A tool takes the settings nearest to a file, so
 * the project's own settings stay as they are. The owner who wants our files checked deletes these.
 */
export function settingsFiles(
  tree: PackageTree,
  linters: Linters,
  { code, documents }: OurFolders,
): ComposedFile[] {
  const inEach = (folders: readonly string[], name: string, settings: object): ComposedFile[] =>
    folders.map((folder) => ({ from: null, to: `${folder}/${name}`, text: json(settings) }));
  const { flatConfigs, rcConfigs, hasOxlint, hasPrettier } = linters;
  return [
    ...(hasPrettier ? inEach([...code, ...documents], '.prettierrc.json', prettier(tree)) : []),
    // If there is an eslint.config file, ESLint does not read files of this kind.
    ...(rcConfigs.length > 0 && flatConfigs.length === 0 ? inEach(code, '.eslintrc.json', ESLINT) : []),
    ...(hasOxlint ? inEach(code, '.oxlintrc.json', OXLINT) : []),
    // Biome formats documents, too.
    ...(hasBiomeOfFolders(linters) ? inEach([...code, ...documents], 'biome.json', BIOME) : []),
  ];
}

/** Biome 1 has one configuration only. */
export function hasBiomeOfFolders({ biomeConfigs, biomeMajor }: Linters): boolean {
  return biomeConfigs.length > 0 && biomeMajor >= 2;
}

/**
 * Releases of Prettier format differently, so it leaves a file as it is unless the file asks for it (`requirePragma`).
 * The other settings are those that our files are formatted with: without `requirePragma`, Prettier changes little.
 */
function prettier(tree: PackageTree): object {
  const ours = JSON.parse(tree.read('.prettierrc.json')) as object;
  return { requirePragma: true, ...ours, tabWidth: 2, useTabs: false, endOfLine: 'auto' };
}

const ESLINT = { root: true, ignorePatterns: ['**'] };
const OXLINT = { ignorePatterns: ['**'] };
const OFF = { enabled: false };
const BIOME = { root: false, linter: OFF, formatter: OFF, assist: OFF };

function json(settings: object): string {
  return `${JSON.stringify(settings, null, 2).replace(/\[\s+("[^"]*")\s+\]/g, '[$1]')}\n`;
}
