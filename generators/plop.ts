import { resolve } from 'node:path';
import { isatty } from 'node:tty';
import type { NodePlopAPI } from 'node-plop';
import { GENERATORS, registerGenerators, type GeneratorName } from './generators.js';
import { parseFlags } from './options.js';
import { PackageTree } from './package-tree.js';
import { Run, type Confirm } from './run.js';

interface PlopOptions {
  /** folder of this package */
  root: string;
  /** value of `--dest` */
  destination: string | null;
  force: boolean;
  /** stops Plop's spinner, which would end the process at Ctrl-C in the middle of writing */
  quiet: () => void;
}

/** What Plop passes to a plopfile but does not declare in its types. */
interface Asking {
  inquirer: { prompt: (questions: object[]) => Promise<unknown> };
}

/** The same generators, run by `npx plop`. */
export function registerForPlop(plop: NodePlopAPI, { root, destination, force, quiet }: PlopOptions): void {
  const asks = isatty(0) && isatty(1);
  const confirm: Confirm = async (message) => {
    quiet();
    const questions = [{ type: 'confirm', name: 'yes', message, default: true }];
    const { yes } = (await (plop as unknown as Asking).inquirer.prompt(questions)) as { yes: boolean };
    return yes;
  };
  const directory = resolve(destination ?? '.');
  const tree = new PackageTree(root);
  const runOf = (name: GeneratorName): Run =>
    new Run({ ...parseFlags(commandOf(name)), force }, tree, directory, asks ? confirm : null);
  const runs = new Map(GENERATORS.map((name) => [name, runOf(name)]));
  registerGenerators(plop, {
    runOf: (name) => {
      quiet();
      return runs.get(name) ?? runOf(name);
    },
    asks,
    project: destination === null ? (directory === resolve(root) ? '../my-app' : '.') : null,
  });
}

function commandOf(name: GeneratorName): string[] {
  return name === 'feature' ? ['feature', 'new'] : [name];
}
