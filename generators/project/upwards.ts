import { posix } from 'node:path';

const MOST_ABOVE = 6;

/**
 * A folder of the project and the folders above it, up to the root of the git repository, else up to the project. `..` is
 * the folder above the project.
 */
export function upwards(read: (path: string) => string | null, folder: string): string[] {
  const inside = ['.'];
  for (let current = folder; current !== '.' && !current.startsWith('..'); current = posix.dirname(current))
    inside.splice(-1, 0, current);
  const above = Array.from({ length: MOST_ABOVE + 1 }, (_, index) => '../'.repeat(index));
  const root = above.findIndex((up) => read(`${up}.git`) !== null || read(`${up}.git/HEAD`) !== null);
  return [...inside, ...above.slice(1, root + 1).map((up) => up.slice(0, -1))];
}

/** The paths of the files with one of these names that apply to a folder, nearest first. */
export function filesUpwards(
  read: (path: string) => string | null,
  folder: string,
  names: readonly string[],
): string[] {
  return upwards(read, folder)
    .flatMap((each) => names.map((name) => posix.join(each, name)))
    .filter((path) => read(path) !== null);
}

/** Whether a path leads out of the project. */
export function isAbove(path: string): boolean {
  return path.startsWith('../');
}
