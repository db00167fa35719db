import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { must } from './processes.mjs';
import { writeTree } from './tree.mjs';

/** What `nest new` makes, not yet installed. @returns its folder */
export async function nestNew(major, folder) {
  const name = `nest-${major}`;
  const flags = ['--skip-git', '--skip-install', '--package-manager', 'npm'];
  await must('npx', ['-y', `@nestjs/cli@${major}`, 'new', name, ...flags], { cwd: folder });
  writeTree(join(folder, name), { '.gitignore': 'node_modules\ndist\n*.tsbuildinfo\n' });
  return join(folder, name);
}

export function commit(cwd) {
  git(cwd, 'init', '-q');
  git(cwd, 'add', '-A');
  git(cwd, 'commit', '-qm', 'as it was');
}

/** Back to what was committed; what git ignores, such as the installed packages, stays. */
export function reset(cwd) {
  git(cwd, 'reset', '-q', '--hard');
  git(cwd, 'clean', '-fdq');
}

function git(cwd, ...args) {
  const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
  const { status, stderr } = spawnSync('git', [...identity, ...args], { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
}
