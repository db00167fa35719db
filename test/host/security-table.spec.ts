import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const DOCUMENT = 'docs/security.md';

interface Shown {
  readonly spec: string;
  readonly name: string;
}

/** A backtick begins or ends code in a name: in the sources of specs it may be escaped or not there at all. */
const plain = (text: string): string => text.replace(/\\(.)/g, '$1');

const shownIn = (document: string): Shown[] =>
  [...document.matchAll(/\[([^\]]+)\]\(\.\.\/(test\/[^)]+\.spec\.ts)\)/g)].map(
    ([, name = '', spec = '']) => ({
      spec,
      name: plain(name),
    }),
  );

describe(DOCUMENT, () => {
  const document = readFileSync(DOCUMENT, 'utf8');

  it('names only specs that exist', () => {
    const shown = shownIn(document);
    expect(shown.length).toBeGreaterThan(80);
    const missing = shown.filter(({ spec, name }) => !plain(readFileSync(join(spec), 'utf8')).includes(name));
    expect(missing).toEqual([]);
  });

  it('names a spec for every advisory', () => {
    const rows = document.split('\n').filter((line) => /^\|.*\b(CVE-\d{4}-\d+|GHSA(-\w{4}){3})\b/.test(line));
    expect(rows.length).toBeGreaterThan(5);
    const unnamed = rows.filter((row) => {
      const advisory = /CVE-\d{4}-\d+|GHSA(-\w{4}){3}/.exec(row)?.[0] ?? '';
      return !shownIn(row).some(({ name }) => name.includes(advisory));
    });
    expect(unnamed).toEqual([]);
  });
});
