import { posix } from 'node:path';
import type { Choices } from '../../choices.js';

/** The folders that hold nothing but our files. */
export interface OurFolders {
  code: readonly string[];
  /** with documents only */
  documents: readonly string[];
}

/** Of the folders that our files are in. */
export function ourFolders(paths: readonly string[], { path, testPath }: Choices): OurFolders {
  const isUsed = (folder: string): boolean => paths.some((each) => each.startsWith(`${folder}/`));
  return {
    code: [path, `${testPath}/authentication`, `${testPath}/support`].filter(isUsed),
    documents: [posix.join(posix.dirname(testPath), 'docs/authentication')].filter(isUsed),
  };
}
