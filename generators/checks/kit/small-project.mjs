/** A Nest project with only the files that the generator reads. It needs no install. */
export function smallProject(changes = {}) {
  const files = {
    'package.json': `${JSON.stringify(
      {
        name: 'host',
        version: '1.0.0',
        type: 'module',
        scripts: { test: 'jest' },
        dependencies: {
          '@nestjs/common': '^12.0.0',
          '@nestjs/core': '^12.0.0',
          '@nestjs/platform-express': '^12.0.0',
        },
        devDependencies: { jest: '^30.0.0', typescript: '~6.0.0' },
      },
      null,
      2,
    )}\n`,
    'nest-cli.json': '{ "sourceRoot": "src" }\n',
    'tsconfig.json': '{ "compilerOptions": { "strict": true } }\n',
    '.gitignore': 'node_modules\n',
    'src/main.ts': MAIN,
    'src/app.module.ts': ROOT_MODULE,
    'src/cats/cats.controller.ts':
      "import { Controller, Get } from '@nestjs/common';\n\n@Controller('cats')\nexport class CatsController {\n  @Get()\n  list() {\n    return [];\n  }\n}\n",
    ...changes,
  };
  return Object.fromEntries(Object.entries(files).filter(([, text]) => text !== null));
}

export const MAIN = `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';

const app = await NestFactory.create(AppModule);
await app.listen(3000);
`;

export const ROOT_MODULE = `import { Module } from '@nestjs/common';
import { CatsController } from './cats/cats.controller.js';

@Module({
  imports: [],
  controllers: [CatsController],
})
export class AppModule {}
`;
