import { posix } from 'node:path';
import type { Choices } from '../../choices.js';
import { testsOf } from './runner-files.js';

/** The folders that hold nothing but our files. */
export interface OurFolders {
  code: readonly string[];
  /** with documents only */
  documents: readonly string[];
}

/** Of the folders that our files are in. */
export function ourFolders(paths: readonly string[], choices: Choices): OurFolders {
  const isUsed = (folder: string): boolean => paths.some((each) => each.startsWith(`${folder}/`));
  return {
    code: [choices.path, testsOf(choices)].filter(isUsed),
    documents: [posix.join(posix.dirname(choices.testPath), 'docs/authentication')].filter(isUsed),
  };
}
