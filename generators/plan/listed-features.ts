import { posix } from 'node:path';
import type { Choices } from '../choices.js';
import { hashOf, type Manifest } from '../manifest.js';
import { withListed } from '../transforms/feature-list.js';
import type { OwnFile } from './plan.js';

/**
 * The owner's composition root with the new features added: their imports, and their entries in `FEATURES`. Only if the
 * same release wrote it, because then nothing else would change.
 * @returns null if the owner changed nothing, or if the list cannot be found in the syntax tree
 */
export function withNewFeatures(
  own: readonly OwnFile[],
  read: (path: string) => string | null,
  manifest: Manifest | null,
  { path: folder, features }: Choices,
  version: string,
): OwnFile | null {
  const path = posix.join(folder, 'authentication.module.ts');
  const [before, composed] = [read(path), own.find((file) => file.path === path)?.text];
  if (before === null || composed === undefined || manifest?.version !== version) return null;
  if (manifest.files[path] === undefined || manifest.files[path] === hashOf(before)) return null;
  let text = before;
  for (const { name, folder: place } of features) {
    if (manifest.options.features.includes(name)) continue;
    const [, module, specifier] =
      new RegExp(`import \\{ (\\w+) \\} from ['"](\\./${place}/[^'"]+)['"]`).exec(composed) ?? [];
    if (module === undefined || specifier === undefined) return null;
    if (new RegExp(`\\b${module}\\b`).test(text)) continue;
    const result = withListed(text, 'FEATURES', { name: module, specifier });
    if (result.kind === 'paste') return null;
    ({ text } = result);
  }
  return { path, text };
}
