import { readFileSync } from 'node:fs';
import { VARIABLES } from '../../src/config/variables.js';

describe('README', () => {
  const readme = readFileSync('README.md', 'utf8');
  const [, settings = ''] = readme.split('## Settings');
  const rows = settings
    .split('\n')
    .filter((line) => /^\| `[A-Z_0-9]+` /.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()));

  it('lists every setting with its default and meaning, and no other', () => {
    const listed = rows.map(([, name, fallback, meaning]) => [name, fallback, meaning]);
    expect(listed).toEqual(
      Object.entries(VARIABLES).map(([name, { fallback, meaning }]) => [
        `\`${name}\``,
        fallback === '' ? 'unset' : `\`${fallback}\``,
        meaning,
      ]),
    );
  });

  it('has at most 200 lines', () => {
    expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(200);
  });
});
