import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { PackageManager } from '../choices.js';
import { readJson } from '../project/files.js';

export interface Command {
  command: string;
  args: readonly string[];
}

/** How the owner starts the application, with the build before it if the script needs one. */
export function startCommands(
  directory: string,
  manager: PackageManager,
  project: string | null,
): readonly Command[] {
  const scripts = (readJson(join(directory, 'package.json'))?.['scripts'] ?? {}) as Record<string, string>;
  const script = (name: string): Command => ({ command: manager, args: ['run', name] });
  const nest = join(directory, 'node_modules/.bin/nest');
  const own = scripts['start'] ?? '';
  if (project !== null) return existsSync(nest) ? [{ command: nest, args: ['start', project] }] : [];
  if (/--watch|\bnodemon\b|\bpm2\b|docker/.test(own) || own === '')
    return existsSync(nest) ? [{ command: nest, args: ['start'] }] : [];
  const isBuilt = /\bnode\b.*\b(dist|build|out)\b/.test(own) && scripts['build'] !== undefined;
  return [...(isBuilt ? [script('build')] : []), script('start')];
}
