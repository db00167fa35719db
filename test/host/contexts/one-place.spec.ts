import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PLACE = join('src', 'authentication', 'http', 'request', 'context-request.ts');

describe('The source', () => {
  it('turns a context into its request in one file alone', () => {
    const readers = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .map((path) => join('src', path))
      .filter((path) => path.endsWith('.ts') && readFileSync(path, 'utf8').includes('switchToHttp'));
    expect(readers).toEqual([PLACE]);
  });

  it('imports no package of GraphQL or WebSockets, so that an application without them starts', () => {
    const importers = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .map((path) => join('src', path))
      .filter((path) => path.endsWith('.ts'))
      .filter((path) =>
        /from '(@nestjs\/(graphql|websockets)|graphql|ws|socket)/.test(readFileSync(path, 'utf8')),
      );
    expect(importers).toEqual([]);
  });
});
