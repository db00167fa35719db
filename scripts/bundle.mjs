// Makes one file of the compiled server and its packages: dist-bundle/main.mjs. Beside it come the packages that cannot
// be in a file: those with a binary of their own, the embedded database with its WebAssembly, and the files of Swagger UI.
import { cpSync, existsSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import process from 'node:process';
import { build } from 'esbuild';

const [DIST = 'dist', TO = 'dist-bundle'] = process.argv.slice(2);
const FROM = join(DIST, 'main.js');
/** CommonJS packages call `require`. */
const BANNER = `import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);`;
/** Of these packages: what is for compilers, debuggers and other ways to load Swagger UI. */
const UNNEEDED = /\.map$|\.d\.c?ts$|swagger-ui-es-bundle|swagger-ui\.js$|\.tar\.gz$/;
/** What installs a package, not what it needs when it runs. */
const TOOLS = ['cross-env', 'node-addon-api', '@scarf/scarf'];

if (!existsSync(FROM)) {
  process.stderr.write(`${FROM} is missing: run the build first\n`);
  process.exit(1);
}
const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const APART = [
  // The package that hashes passwords.
  ...Object.keys(dependencies).filter((name) => /argon2$/.test(name)),
  'fs-native-extensions',
  '@electric-sql/pglite',
  'swagger-ui-dist',
];
rmSync(TO, { recursive: true, force: true });
await build({
  entryPoints: [FROM],
  outfile: join(TO, 'main.mjs'),
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  // Nest, TypeORM and our logs use the names of classes.
  keepNames: true,
  legalComments: 'none',
  banner: { js: BANNER },
  plugins: [{ name: 'packages', setup: packages }],
  logLevel: 'error',
});
for (const name of APART) copyPackage(name, process.cwd());
const DATABASE = 'embedded-database';
if (existsSync(join(DIST, DATABASE))) cpSync(join(DIST, DATABASE), join(TO, DATABASE), { recursive: true });

function isForDevelopment(name) {
  return name in (devDependencies ?? {}) && !(name in dependencies);
}

/**
 * What only development needs, and what is not installed, is absent in the bundle too: Nest and TypeORM try to load
 * many packages, and go on without them.
 */
function packages({ onResolve, onLoad, resolve: find }) {
  onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, ...rest }) => {
    if (pluginData === 'found' || path.startsWith('node:')) return undefined;
    const [name] = /^(?:@[^/]+\/)?[^/]+/.exec(path) ?? [path];
    if (isForDevelopment(name)) return { path, namespace: 'absent' };
    if (APART.includes(name)) return { path, external: true };
    const found = await find(path, { ...rest, pluginData: 'found' });
    return found.errors.length > 0 ? { path, namespace: 'absent' } : found;
  });
  // TypeORM loads its driver by a name that the bundler cannot see.
  onLoad({ filter: /typeorm[/\\]platform[/\\]PlatformTools\.js$/ }, ({ path }) => {
    const text = readFileSync(path, 'utf8');
    const contents = text.replace(
      'return require(name)',
      "return name === 'pg' ? require('pg') : require(name)",
    );
    if (contents === text) throw new Error(`TypeORM does not load its driver in ${path} any more`);
    return { contents };
  });
  onLoad({ filter: /.*/, namespace: 'absent' }, ({ path }) => ({
    contents: `throw Object.assign(new Error(${JSON.stringify(`Cannot find package '${path}'`)}), { code: 'MODULE_NOT_FOUND' });`,
  }));
}

/** Copies an installed package, and what it depends on, to the `node_modules` of the bundle. */
function copyPackage(name, from) {
  const target = join(TO, 'node_modules', name);
  const source = folderOf(name, from);
  if (source === null || existsSync(target)) return;
  const isNeeded = (path) => !UNNEEDED.test(path) && !relative(source, path).startsWith('node_modules');
  cpSync(source, target, { recursive: true, dereference: true, filter: isNeeded });
  const { dependencies: needed = {} } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
  for (const other of Object.keys(needed).filter((one) => !TOOLS.includes(one))) copyPackage(other, source);
}

/** As Node looks for a package; with pnpm the folders are links. */
function folderOf(name, from) {
  const folder = join(from, 'node_modules', name);
  if (existsSync(folder)) return realpathSync(folder);
  return dirname(from) === from ? null : folderOf(name, dirname(from));
}
