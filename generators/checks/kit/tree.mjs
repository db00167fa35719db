import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const LEFT_OUT = new Set(['node_modules', '.git']);

/** Mode and hash of everything in a folder, by path, without installed packages and git's files. */
export function snapshot(root) {
  const entries = {};
  const visit = (folder) => {
    for (const name of readdirSync(folder).sort()) {
      if (LEFT_OUT.has(name)) continue;
      const path = join(folder, name);
      const stat = lstatSync(path);
      const key = relative(root, path);
      if (stat.isDirectory()) {
        entries[`${key}/`] = `${stat.mode}`;
        visit(path);
      } else {
        const text = stat.isFile() ? readFileSync(path) : '';
        entries[key] = `${stat.mode} ${createHash('sha256').update(text).digest('hex')}`;
      }
    }
  };
  visit(root);
  return entries;
}

/** The paths that differ between two snapshots. */
export function changesBetween(before, after) {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((path) => before[path] !== after[path])
    .map((path) => `${path in before ? (path in after ? 'changed' : 'gone') : 'new'} ${path}`);
}

export function mustBeSame(before, after, what) {
  const changes = changesBetween(before, after);
  if (changes.length > 0) throw new Error(`${what}:\n${changes.slice(0, 30).join('\n')}`);
}

/** Writes files by path. */
export function writeTree(root, files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** Every file in a folder and its subfolders, with paths relative to it. */
export function filesIn(root) {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}
