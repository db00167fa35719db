import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog } from '../../src/authentication/core/texts/sentence.js';

const filesIn = (folder: string, ending: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => join(process.cwd(), folder, path));

describe('The texts files', () => {
  const files = filesIn('src/authentication', '.en.ts');
  const catalogs = async (): Promise<[file: string, catalog: Catalog][]> =>
    Promise.all(
      files.map(async (file) => {
        const [catalog] = Object.values((await import(file)) as Record<string, Catalog>);
        return [file, catalog ?? {}];
      }),
    );

  it('name each sentence once, since a translation is found by that name', async () => {
    const names = (await catalogs()).flatMap(([, catalog]) => Object.keys(catalog));
    expect(names.length).toBeGreaterThan(80);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('are each read in the pseudo-locale by a spec', () => {
    const specs = filesIn('test/authentication', 'texts.spec.ts').map((spec) => readFileSync(spec, 'utf8'));
    const unread = files.filter((file) => {
      const name = file.slice(file.lastIndexOf('/') + 1, -'.ts'.length);
      return !specs.some((spec) => spec.includes(`/${name}.js`));
    });
    expect(unread).toEqual([]);
  });
});
