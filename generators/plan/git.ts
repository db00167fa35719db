import { spawnSync } from 'node:child_process';

/** Files that git knows as changed or does not know; none where there is no git. */
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
