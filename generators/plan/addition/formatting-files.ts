import type { Choices } from '../../choices.js';
import type { ComposedFile } from '../../compose.js';
import type { PackageTree } from '../../package-tree.js';
import type { ProjectFacts } from '../../project/detect.js';

/** Prettier uses the settings nearest to a file. With these files our source keeps its format. */
export function formattingFiles(tree: PackageTree, facts: ProjectFacts, choices: Choices): ComposedFile[] {
  if (facts.formatter !== 'prettier') return [];
  const text = tree.read('.prettierrc.json');
  return [choices.path, `${choices.testPath}/authentication`, `${choices.testPath}/support`].map(
    (folder) => ({
      from: '.prettierrc.json',
      to: `${folder}/.prettierrc.json`,
      text,
    }),
  );
}
