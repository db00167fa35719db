import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { compilerOptions, tsconfigOf } from '../project/compiler.js';
import { relative } from 'node:path';

/** What a build writes. Git usually ignores it; if not, what was not there before is removed again. */
export class BuildOutput {
  private readonly before: ReadonlySet<string>;

  constructor(
    private readonly directory: string,
    applicationRoot = '',
  ) {
    this.outputs = outputsOf(directory, applicationRoot);
    this.before = new Set(this.present());
  }

  private readonly outputs: readonly string[];

  /** An output that git watches, so that a build would change the work tree; null: none */
  get watched(): string | null {
    const listed = spawnSync('git', ['ls-files', '--', ...this.outputs, ':(glob)*.tsbuildinfo'], {
      cwd: this.directory,
      encoding: 'utf8',
    });
    return listed.status === 0 ? (listed.stdout.split('\n')[0] ?? '') || null : null;
  }

  clean(): void {
    for (const path of this.present()) {
      if (this.before.has(path) || isIgnored(this.directory, path)) continue;
      rmSync(join(this.directory, path), { recursive: true, force: true });
    }
  }

  private present(): string[] {
    const infos = readdirSync(this.directory).filter((name) => name.endsWith('.tsbuildinfo'));
    return [...this.outputs.filter((path) => existsSync(join(this.directory, path))), ...infos];
  }
}

function outputsOf(directory: string, applicationRoot: string): string[] {
  const { outDir } = compilerOptions(directory, tsconfigOf(directory, applicationRoot));
  const own = outDir === undefined ? '' : relative(directory, outDir);
  return [...new Set(['dist', own])].filter((path) => path !== '' && !path.startsWith('..'));
}

function isIgnored(directory: string, path: string): boolean {
  return spawnSync('git', ['check-ignore', '-q', path], { cwd: directory }).status === 0;
}
