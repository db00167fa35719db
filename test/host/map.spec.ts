import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const HOUSE = resolve('src/authentication');
const map = readFileSync(join(HOUSE, 'README.md'), 'utf8');

describe('The map of src/authentication', () => {
  it('names only files that exist', () => {
    const named = [...map.matchAll(/`([\w./-]+\.ts)`/g)].map(([, path = '']) => path);
    expect(named.length).toBeGreaterThan(40);
    const missing = named.filter((path) => !existsSync(join(HOUSE, path)));
    expect(missing).toEqual([]);
  });

  it('names every folder', () => {
    const folders = readdirSync(HOUSE, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.filter(({ name }) => !map.includes(`\`${name}/\``))).toEqual([]);
  });
});
