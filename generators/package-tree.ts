import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

interface PackageJson {
  version: string;
  license: string;
  engines: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

/** Our installed package, with the source that is copied. Paths are POSIX paths, relative to its root. */
export class PackageTree {
  readonly packageJson: PackageJson;

  constructor(readonly root: string) {
    this.packageJson = JSON.parse(this.read('package.json')) as PackageJson;
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  /** Every file in a folder and its subfolders, sorted. */
  list(folder: string): string[] {
    return readdirSync(join(this.root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(this.root, '/').length))
      .map((path) => path.split(sep).join('/'))
      .sort();
  }
}
