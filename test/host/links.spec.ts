import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const below = (folder: string, ending: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => join(folder, path));

const DOCUMENTS = [
  ...readdirSync('.').filter((name) => name.endsWith('.md')),
  ...below('docs', '.md'),
  ...below('src/authentication', 'README.md'),
];

const withoutCode = (text: string): string =>
  text.replace(/^ *```[^]*?^ *```$/gm, '').replace(/`[^`\n]*`/g, '');

/** The targets of the links inside this repository, such as `docs/performance.md` or `#options`. */
const linksIn = (text: string): string[] =>
  [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));

/** The anchors of the headings, as GitHub makes them. */
const anchorsIn = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

function isDead(link: string, document: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? document : join(dirname(document), decodeURIComponent(path));
  if (!existsSync(target)) return true;
  if (anchor === undefined) return false;
  return !statSync(target).isFile() || !anchorsIn(readFileSync(target, 'utf8')).includes(anchor);
}

describe('The documents of this repository', () => {
  const links = DOCUMENTS.flatMap((document) =>
    linksIn(readFileSync(document, 'utf8')).map((link) => ({ document, link })),
  );

  it('link only to files and headings that exist', () => {
    expect(links.length).toBeGreaterThan(30);
    const dead = links.filter(({ document, link }) => isDead(link, document));
    expect(dead.map(({ document, link }) => `${document}: ${link}`)).toEqual([]);
  });
});
