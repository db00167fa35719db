import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { environmentVariables } from '../config/dot-env.js';
import { serverSettings } from '../config/settings.js';
import { previewDocument } from './preview.js';

/** The document does not depend on the key, but the settings need one. */
const ANY_KEY = Buffer.alloc(32).toString('base64');

/** Writes the document to the given file, or to the standard output. */
async function printDocument(file: string | undefined): Promise<void> {
  const document = await previewDocument(serverSettings({ SECRET_KEY: ANY_KEY, ...environmentVariables() }));
  const text = `${JSON.stringify(document, null, 2)}\n`;
  if (file === undefined) process.stdout.write(text);
  else writeFileSync(file, text);
}

printDocument(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
