import { spawnSync } from 'node:child_process';

/** Changed and untracked files; empty if the folder is not in a git repository. */
export function uncleanFiles(directory: string): string[] {
  const { status, stdout } = spawnSync('git', ['status', '--porcelain', '--', '.'], {
    cwd: directory,
    encoding: 'utf8',
  });
  if (status !== 0) return [];
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.slice(3));
}
