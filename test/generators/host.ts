import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The smallest project that `add` takes. */
export const HOST = {
  'package.json': JSON.stringify({
    name: 'host',
    type: 'module',
    dependencies: { '@nestjs/core': '^12.0.0', '@nestjs/platform-express': '^12.0.0' },
  }),
  'src/app.module.ts':
    "import { Module } from '@nestjs/common';\n\n@Module({ imports: [] })\nexport class AppModule {}\n",
};

/** @param files texts by their paths in the folder */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
