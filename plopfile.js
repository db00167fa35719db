// `npx plop`: the same generators as those of our own command, with Plop's prompts and options.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { progressSpinner } from 'plop';

const root = fileURLToPath(new URL('.', import.meta.url));

export default async function plopfile(plop, { destBasePath, force }) {
  if (existsSync(`${root}tsconfig.generator.json`)) compile();
  const { registerForPlop } = await import('./dist/generator/generators/plop.js');
  registerForPlop(plop, {
    root,
    destination: destBasePath ?? null,
    force: force === true,
    quiet: () => progressSpinner.stop(),
  });
}

/** In a checkout the generators may have changed since they were compiled; without a change this takes two seconds. */
function compile() {
  const compiler = `${root}node_modules/typescript/bin/tsc`;
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.generator.json'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status === 0) return;
  process.stderr.write('The generators do not compile: correct the errors above.\n');
  process.exit(1);
}
