import { posix } from 'node:path';
import type { Choices } from '../choices.js';
import type { ComposedFile } from '../compose.js';

const NAME = 'authentication.data-source';

/** A script of package.json: `npm run typeorm:authentication -- migration:show`. */
export const COMMAND_LINE_SCRIPT = { 'typeorm:authentication': `typeorm -d dist/${NAME}.js` };

/** The data source for TypeORM's command line in an existing project. A new one has src/database/cli-data-source.ts. */
export function commandLineFile(sourceRoot: string, { module, path }: Choices): ComposedFile {
  const suffix = module === 'esm' ? '.js' : '';
  const to = posix.join(sourceRoot, `${NAME}.ts`);
  const specifier = (file: string): string => {
    const relative = posix.relative(posix.dirname(to), posix.join(path, file));
    return `${relative.startsWith('.') ? relative : `./${relative}`}${suffix}`;
  };
  const text = `import 'reflect-metadata';
import { AuthenticationModule } from '${specifier('authentication.module')}';
import { CommandLineDataSource } from '${specifier('core/database/command-line-data-source')}';

const url = process.env['DATABASE_URL'];
if (url === undefined || url === '') {
  throw new Error(
    'DATABASE_URL is not set. To read it from .env: ' +
      'node --env-file=.env node_modules/typeorm/cli.js -d dist/${NAME}.js …',
  );
}

/** For TypeORM's command line, after a build: \`npm run typeorm:authentication -- migration:show\`. */
export const dataSource = new CommandLineDataSource(AuthenticationModule.dataSource({ url }));
`;
  return { from: null, to, text };
}
