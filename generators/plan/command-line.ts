import type { Choices } from '../choices.js';
import type { ComposedFile } from '../compose.js';

const NAME = 'authentication.data-source';

/** A script of package.json: `npm run typeorm:authentication -- migration:show`. */
export function commandLineScript(choices: Choices): Record<string, string> {
  return { 'typeorm:authentication': `typeorm -d ${built(choices)}` };
}

/**
 * The data source for TypeORM's command line in an existing project, beside our source, so that all of our code is in our
 * folders. A new project has src/database/cli-data-source.ts.
 */
export function commandLineFile(choices: Choices): ComposedFile {
  const suffix = choices.module === 'esm' ? '.js' : '';
  const text = `import 'reflect-metadata';
import { AuthenticationModule } from './authentication.module${suffix}';
import { CommandLineDataSource } from './core/database/command-line-data-source${suffix}';

const url = process.env['DATABASE_URL'];
if (url === undefined || url === '') {
  throw new Error(
    'DATABASE_URL is not set. To read it from .env: ' +
      'node --env-file=.env node_modules/typeorm/cli.js -d ${built(choices)} …',
  );
}

/** For TypeORM's command line, after a build: \`npm run typeorm:authentication -- migration:show\`. */
export const dataSource = new CommandLineDataSource(AuthenticationModule.dataSource({ url }));
`;
  return { from: null, to: `${choices.path}/${NAME}.ts`, text };
}

/** Where the build puts it. The compiler leaves out the folder of the source. */
function built({ path }: Choices): string {
  return `dist/${path.replace(/^(?:.*\/src\/|[^/]+\/)/, '')}/${NAME}.js`;
}
