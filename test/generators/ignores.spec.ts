/** @jest-environment node */
import { withFlatConfigIgnores } from '../../generators/transforms/flat-config-ignores.js';
import { isIgnored } from '../../generators/transforms/ignore-patterns.js';
import { withJsonIgnores } from '../../generators/transforms/json-ignores.js';
import { withLineIgnores } from '../../generators/transforms/line-ignores.js';

const OURS = ['src/authentication/**', 'test/authentication/**'];
const ENTRY = "{ ignores: ['src/authentication/**', 'test/authentication/**'] }";

describe('an eslint.config file', () => {
  const edited = (text: string): string => {
    const result = withFlatConfigIgnores(text, OURS);
    if (result.kind !== 'edited') throw new Error(`${result.kind}: ${text}`);
    expect(withFlatConfigIgnores(result.text, OURS)).toEqual({ kind: 'unchanged', text: result.text });
    return result.text;
  };

  it.each([
    [
      'an array',
      'export default [\n  a,\n  ...b,\n];\n',
      `export default [\n  ${ENTRY},\n  a,\n  ...b,\n];\n`,
    ],
    ['one line', 'export default [a, b];\n', `export default [${ENTRY}, a, b];\n`],
    ['an empty array', 'export default [];\n', `export default [${ENTRY}];\n`],
    ['spread arrays', 'export default [...a, ...b];\n', `export default [${ENTRY}, ...a, ...b];\n`],
    [
      'typescript-eslint',
      "export default tseslint.config(\n  {\n    ignores: ['eslint.config.mjs'],\n  },\n  a,\n);\n",
      `export default tseslint.config(\n  ${ENTRY},\n  {\n    ignores: ['eslint.config.mjs'],\n  },\n  a,\n);\n`,
    ],
    [
      'defineConfig with arguments',
      "export default defineConfig(\n  globalIgnores(['eslint.config.mjs']),\n  a,\n);\n",
      `export default defineConfig(\n  ${ENTRY},\n  globalIgnores(['eslint.config.mjs']),\n  a,\n);\n`,
    ],
    [
      'defineConfig with an array',
      'export default defineConfig([\n  a,\n]);\n',
      `export default defineConfig([\n  ${ENTRY},\n  a,\n]);\n`,
    ],
    ['module.exports', 'module.exports = [\n  a\n]\n', `module.exports = [\n  ${ENTRY},\n  a\n]\n`],
    ['export =', 'export = [\n  a,\n];\n', `export = [\n  ${ENTRY},\n  a,\n];\n`],
    [
      'a variable',
      'const list = config(\n  a,\n);\nlist.push(b);\nexport default list;\n',
      `const list = config(\n  ${ENTRY},\n  a,\n);\nlist.push(b);\nexport default list;\n`,
    ],
    [
      'a type',
      'export default [\n  a,\n] satisfies Linter.Config[];\n',
      `export default [\n  ${ENTRY},\n  a,\n] satisfies Linter.Config[];\n`,
    ],
  ])('gets an entry: %s', (_, text, expected) => {
    expect(edited(text)).toBe(expected);
  });

  it('keeps a BOM, CRLF, tabs, double quotes and comments', () => {
    expect(
      edited(
        '\uFEFF// @ts-check\r\nimport a from "a"\r\nexport default [ // ours\r\n\t// the first\r\n\ta, // why\r\n]\r\n',
      ),
    ).toBe(
      `\uFEFF// @ts-check\r\nimport a from "a"\r\nexport default [ // ours\r\n\t${ENTRY.replaceAll("'", '"')},\r\n\t// the first\r\n\ta, // why\r\n]\r\n`,
    );
  });

  it.each([
    "export default [{ ignores: ['src/authentication/', './test/**'] }, a];\n",
    "export default [{ name: 'x', ignores: ['**/authentication/**'] }];\n",
    "export default defineConfig(globalIgnores(['src/**', 'test/**/*']));\n",
  ])('stays as it is if it ignores these folders already: %s', (text) => {
    expect(withFlatConfigIgnores(text, OURS)).toEqual({ kind: 'unchanged', text });
  });

  it('gets what it does not ignore yet; what is ignored for some files only does not count', () => {
    expect(
      edited("export default [{ ignores: ['src/**'] }, { files: ['*.ts'], ignores: ['test/**'] }];\n"),
    ).toContain("[{ ignores: ['test/authentication/**'] }, { ignores: ['src/**'] },");
  });

  it.each([
    'export default shared;\n',
    "import shared from './shared';\nexport default shared;\n",
    'export default antfu({ typescript: true });\n',
    'export default { rules: {} };\n',
    'export default async () => [a];\n',
    'export default a.concat(b);\n',
    'const nothing = 1;\n',
  ])('is not edited if its list was not found: %s', (text) => {
    expect(withFlatConfigIgnores(text, OURS).kind).toBe('paste');
  });
});

describe('a list in JSON', () => {
  const LIST = ['files', 'ignore'];

  it('gets the patterns that it does not have', () => {
    expect(withJsonIgnores('{\n\t"files": { "ignore": ["dist"] } // why\n}\n', LIST, OURS)).toBe(
      '{\n\t"files": { "ignore": ["dist", "src/authentication/**", "test/authentication/**"] } // why\n}\n',
    );
    expect(withJsonIgnores('{ "files": { "ignore": [\r\n  "src/**", // a\r\n] } }', LIST, OURS)).toBe(
      '{ "files": { "ignore": [\r\n  "src/**",\r\n  "test/authentication/**", // a\r\n] } }',
    );
    expect(withJsonIgnores('{ "files": { "ignore": [] } }', LIST, OURS)).toBe(
      '{ "files": { "ignore": ["src/authentication/**", "test/authentication/**"] } }',
    );
  });

  it('is added if it is missing', () => {
    const added = withJsonIgnores('{\n\t"linter": {}\n}\n', LIST, OURS) ?? '';
    expect(JSON.parse(added)).toEqual({ linter: {}, files: { ignore: OURS } });
    expect(withJsonIgnores(added, LIST, OURS)).toBe(added);
  });

  it('is not edited if it is something else', () => {
    expect(withJsonIgnores('{ "files": { "ignore": "dist" } }', LIST, OURS)).toBeNull();
    expect(withJsonIgnores('[]', LIST, OURS)).toBeNull();
  });
});

describe('an ignore file', () => {
  it('gets a line for each pattern that it does not have', () => {
    expect(withLineIgnores('', OURS)).toBe('src/authentication/**\ntest/authentication/**\n');
    expect(withLineIgnores('dist\r\n/test/', OURS)).toBe('dist\r\n/test/\r\nsrc/authentication/**\r\n');
    expect(withLineIgnores('src/\ntest/\n', OURS)).toBe('src/\ntest/\n');
  });
});

describe('a pattern', () => {
  it.each([
    ['src/a/**', ['src/a/'], true],
    ['src/a/**', ['src/**/*'], true],
    ['src/a/**', ['**/a/**'], true],
    ['src/a/**', ['a/**'], false],
    ['src/ab/**', ['src/a/**'], false],
    ['src/a/**', ['src/a/*'], false],
    ['src/a/**', ['src/a'], false],
    ['a.mjs', ['./a.mjs'], true],
  ])('%s is ignored by %s: %s', (pattern, patterns, expected) => {
    expect(isIgnored(pattern, patterns)).toBe(expected);
  });
});
