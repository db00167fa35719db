import { majorOf } from './files.js';
import { filesUpwards } from './upwards.js';

/** The linters and formatters of a project. Paths are those of their configurations, nearest first. */
export interface Linters {
  flatConfigs: readonly string[];
  /** .eslintrc and the like: settings of ESLint 9 and earlier, which may also be in a folder */
  rcConfigs: readonly string[];
  hasOxlint: boolean;
  biomeConfigs: readonly string[];
  biomeMajor: number;
  hasPrettier: boolean;
}

type Read = (path: string) => string | null;
type Packages = Readonly<Record<string, string>>;

const BIOME_PACKAGE = '@biomejs/biome';
const SCRIPT_ENDS = ['js', 'mjs', 'cjs', 'ts', 'mts', 'cts'];
const FLAT = SCRIPT_ENDS.map((end) => `eslint.config.${end}`);
const RC = ['.eslintrc', ...['js', 'cjs', 'yaml', 'yml', 'json'].map((end) => `.eslintrc.${end}`)];
const OXLINT = ['.oxlintrc.json', '.oxlintrc.jsonc', 'oxlint.config.ts'];
const BIOME = ['biome.json', 'biome.jsonc', '.biome.json', '.biome.jsonc'];
const PRETTIER = [
  '.prettierrc',
  ...['json', 'json5', 'yaml', 'yml', 'toml', ...SCRIPT_ENDS].map((end) => `.prettierrc.${end}`),
  ...SCRIPT_ENDS.map((end) => `prettier.config.${end}`),
];

/** The linters and formatters whose settings apply to a folder. */
export function lintersOf(read: Read, folder: string, packages: Packages): Linters {
  const found = (names: readonly string[]): string[] => filesUpwards(read, folder, names);
  const inPackageJson = (key: string): string[] =>
    found(['package.json']).filter((path) => read(path)?.includes(`"${key}":`) === true);
  const biomeConfigs = found(BIOME);
  return {
    flatConfigs: found(FLAT),
    rcConfigs: [...found(RC), ...inPackageJson('eslintConfig')],
    hasOxlint: 'oxlint' in packages || found(OXLINT).length > 0,
    biomeConfigs,
    biomeMajor: biomeMajorOf(read, folder, biomeConfigs, packages),
    // As a package, or with its settings in package.json.
    hasPrettier: found(PRETTIER).length > 0 || inPackageJson('prettier').length > 0,
  };
}

/** Of the installed package, else of the range, else of the schema that the configuration names. */
function biomeMajorOf(read: Read, folder: string, configs: readonly string[], packages: Packages): number {
  const [installed] = filesUpwards(read, folder, [`node_modules/${BIOME_PACKAGE}/package.json`]);
  const version = /"version": *"(\d[^"]*)"/.exec(installed === undefined ? '' : (read(installed) ?? ''))?.[1];
  const schemas = configs.map((path) => /schemas\/(\d[\d.]*)\//.exec(read(path) ?? '')?.[1]);
  return (
    majorOf(version ?? packages[BIOME_PACKAGE] ?? schemas.find((each) => each !== undefined) ?? '2') ?? 2
  );
}
