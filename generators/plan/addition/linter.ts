import { posix, relative, resolve, sep } from 'node:path';
import type { Manifest } from '../../manifest.js';
import type { Linters } from '../../project/linters.js';
import { isAbove } from '../../project/upwards.js';
import {
  flatConfigEntry,
  withFlatConfigIgnores,
  type IgnoresResult,
} from '../../transforms/flat-config-ignores.js';
import { withJsonIgnores } from '../../transforms/json-ignores.js';
import { withLineIgnores } from '../../transforms/line-ignores.js';
import type { Paste } from '../plan.js';
import { hasBiomeOfFolders } from './formatting-files.js';
import type { Merge, Read } from './merge.js';
import type { OurFolders } from './our-folders.js';

/** What keeps the project's linters and formatters off our files, beside the settings in our folders. */
export interface Linting {
  merges: readonly Merge[];
  paste: readonly Paste[];
  /** for the table: what was found, and the result */
  linter: readonly [string, string];
  formatter: readonly [string, string];
}

interface Entry {
  merge?: Merge;
  paste?: Paste;
  then: string;
}

/** How a kind of configuration is edited, and the lines for the owner if it cannot be. */
interface Kind {
  edit: (text: string, patterns: readonly string[]) => IgnoresResult;
  lines: (patterns: readonly string[]) => string[];
}

const FLAT: Kind = {
  edit: withFlatConfigIgnores,
  lines: (patterns) => [`${flatConfigEntry(patterns)}, // in the list of configurations`],
};
const BIOME: Kind = {
  edit: (text, patterns) => ofText(text, withJsonIgnores(text, ['files', 'ignore'], patterns)),
  lines: (patterns) => [`"files": { "ignore": ${listed(patterns)} }`],
};
const LINES: Kind = {
  edit: (text, patterns) => ofText(text, withLineIgnores(text, patterns)),
  lines: (patterns) => [...patterns],
};

const OWN_SETTINGS = 'our folders have their own settings';
/** With these flags a tool reads no settings in folders. */
const PRETTIER_ELSEWHERE = /\bprettier\b[^"&|;]* --(?:no-)?config(?![\w-])/;
const OXLINT_ELSEWHERE = /\boxlint\b[^"&|;]* (?:-c|--config|--disable-nested-config)(?![\w-])/;

/** The entries that ignore our folders in configurations of the project. */
export function linting(
  target: string,
  read: Read,
  linters: Linters,
  { code, documents }: OurFolders,
  manifest: Manifest | null,
): Linting {
  const { flatConfigs, rcConfigs, hasOxlint, biomeConfigs, hasPrettier } = linters;
  const ignored = (config: string, folders: readonly string[], kind: Kind): Entry =>
    entryIn(config, read(config) ?? '', patternsFrom(target, config, folders), kind, manifest);
  const scripts = read('package.json') ?? '';
  const own: Entry = { then: OWN_SETTINGS };
  const eslint = flatConfigs.map((config) => ignored(config, code, FLAT));
  const oxlint = OXLINT_ELSEWHERE.test(scripts) ? oxlintLines(code) : own;
  const biome = hasBiomeOfFolders(linters)
    ? [own]
    : biomeConfigs.slice(0, 1).map((config) => ignored(config, code, BIOME));
  const prettier = PRETTIER_ELSEWHERE.test(scripts)
    ? ignored('.prettierignore', [...code, ...documents], LINES)
    : own;
  const hasRc = rcConfigs.length > 0 && eslint.length === 0;
  const ofLinters = named([
    ['ESLint', hasRc ? [own] : eslint],
    ['oxlint', hasOxlint ? [oxlint] : []],
    ['Biome', biome],
  ]);
  const ofFormatters = named([
    ['Prettier', hasPrettier ? [prettier] : []],
    ['Biome', biome],
  ]);
  const all = new Set([...ofLinters.entries, ...ofFormatters.entries]);
  return {
    merges: [...all].flatMap(({ merge }) => merge ?? []),
    paste: [...all].flatMap(({ paste }) => paste ?? []),
    linter: ofLinters.row,
    formatter: ofFormatters.row,
  };
}

function named(tools: readonly (readonly [string, readonly Entry[]])[]): {
  entries: Entry[];
  row: [string, string];
} {
  const used = tools.filter(([, entries]) => entries.length > 0);
  const entries = used.flatMap(([, each]) => [...each]);
  const then = [...new Set(entries.map((entry) => entry.then))].join('; ');
  return { entries, row: [used.map(([name]) => name).join(', ') || 'none', then] };
}

/** The folders as the configuration names them: relative to its own folder. */
function patternsFrom(target: string, config: string, folders: readonly string[]): string[] {
  const from = resolve(target, posix.dirname(config));
  return folders.map((folder) => `${relative(from, resolve(target, folder)).split(sep).join('/')}/**`);
}

function entryIn(
  config: string,
  text: string,
  patterns: readonly string[],
  kind: Kind,
  manifest: Manifest | null,
): Entry {
  const earlier = manifest?.edits[config] ?? [];
  // An entry that its owner has removed since an earlier run stays removed.
  const wanted = patterns.filter((pattern) => !earlier.includes(pattern));
  const result = kind.edit(text, wanted);
  const isOutside = result.kind === 'edited' && isAbove(config);
  if (result.kind === 'paste' || isOutside) {
    const reason = result.kind === 'paste' ? result.reason : 'it is above this project';
    return { paste: { path: config, reason, lines: kind.lines(wanted) }, then: 'lines to paste' };
  }
  const put = result.kind === 'edited' ? wanted : [];
  return {
    ...(put.length + earlier.length > 0 ? { merge: { path: config, text: result.text, put } } : {}),
    then: `${config} ignores our folders`,
  };
}

function ofText(before: string, after: string | null): IgnoresResult {
  if (after === null) return { kind: 'paste', reason: 'its list of ignored files was not understood' };
  return { kind: after === before ? 'unchanged' : 'edited', text: after };
}

function oxlintLines(folders: readonly string[]): Entry {
  const paste = {
    path: 'The configuration of oxlint',
    reason: 'a script names it, and oxlint then reads no settings in folders',
    lines: [`"ignorePatterns": ${listed(folders.map((folder) => `${folder}/**`))}`],
  };
  return { paste, then: 'lines to paste' };
}

function listed(patterns: readonly string[]): string {
  return `[${patterns.map((pattern) => JSON.stringify(pattern)).join(', ')}]`;
}
