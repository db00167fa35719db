import { SettingError } from './core/settings/environment.js';

const DATABASE = "{ url: 'postgres://…' } or { dataSource }";
/** The methods of each part. A class instead of its instance fails at the start, not at the first mail. */
const METHODS = { mail: ['send'], hasher: ['hash', 'verify'], realms: ['resolve', 'find'] } as const;
const METRICS = ['outcome', 'hashed', 'hashRefused', 'guarded', 'mail'] as const;
const BESIDE = ['features', 'protectAll', 'locales', 'routeDecorators', 'openApi', 'routePrefix'];

/**
 * Checks the options when the application starts, since JavaScript and casts are not checked by the compiler.
 * @throws SettingError with one line that names the option
 */
export function assertOptions(given: unknown, fromFactory: boolean): void {
  const where = fromFactory ? 'useFactory of forRootAsync()' : 'forRoot()';
  if (typeof given !== 'object' || given === null)
    throw new SettingError(`${where}: the options must be an object: { database: ${DATABASE} }`);
  const options = given as Readonly<Record<string, unknown>>;
  if (!isDatabase(options['database'])) throw new SettingError(`${where}: database takes ${DATABASE}`);
  for (const [part, methods] of Object.entries(METHODS)) {
    if (options[part] === undefined) continue;
    const value = options[part] as Readonly<Record<string, unknown>> | null;
    const missing = methods.filter((method) => typeof value?.[method] !== 'function');
    if (missing.length > 0) {
      throw new SettingError(`${where}: ${part} takes an object with the method ${missing.join(' and ')}`);
    }
  }
  assertMetrics(options['metrics'], where);
  const misplaced = fromFactory ? BESIDE.filter((name) => name in options) : [];
  if (misplaced.length === 0) return;
  throw new SettingError(
    `forRootAsync(): set ${misplaced.join(', ')} beside useFactory, not in its result: Nest reads it before the factory runs`,
  );
}

/** Every method is optional, but what is there must be one. */
function assertMetrics(metrics: unknown = {}, where: string): void {
  if (typeof metrics === 'object' && metrics !== null) {
    const given = metrics as Readonly<Record<string, unknown>>;
    if (METRICS.every((name) => given[name] === undefined || typeof given[name] === 'function')) return;
  }
  throw new SettingError(`${where}: metrics takes an object with some of the methods ${METRICS.join(', ')}`);
}

function isDatabase(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { url, extra, dataSource } = value as Readonly<Record<string, unknown>>;
  const isAddress = typeof url === 'string' && /^postgres(?:ql)?:/.test(url);
  return isAddress || typeof extra === 'object' || typeof dataSource === 'object';
}
