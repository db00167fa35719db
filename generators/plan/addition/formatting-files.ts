import type { Choices } from '../../choices.js';
import type { ComposedFile } from '../../compose.js';
import type { PackageTree } from '../../package-tree.js';
import type { ProjectFacts } from '../../project/detect.js';
import { testsOf } from './runner-files.js';

/** Prettier uses the settings nearest to a file. With these files our source keeps its format. */
export function formattingFiles(tree: PackageTree, facts: ProjectFacts, choices: Choices): ComposedFile[] {
  if (facts.formatter !== 'prettier') return [];
  const text = tree.read('.prettierrc.json');
  const folders = [choices.path, ...(choices.specs === 'none' ? [] : [testsOf(choices)])];
  return folders.map((folder) => ({
    from: '.prettierrc.json',
    to: `${folder}/.prettierrc.json`,
    text,
  }));
}
