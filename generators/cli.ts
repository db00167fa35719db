import type { NodePlopAPI } from 'node-plop';
import { EXIT, Failure } from './failure.js';
import { parseFlags, type Flags } from './options.js';
import type { Confirm } from './run.js';
import { hasUsage } from './usage.js';

/**
 * Runs the command line. Large modules are loaded only when they are needed.
 * @param root the folder of this package
 * @returns the exit code
 */
export async function runCommandLine(args: readonly string[], root: string): Promise<number> {
  let flags: Flags;
  try {
    flags = parseFlags(args);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    process.stderr.write(`${error.message}\n${hintOf(args[0])}\n`);
    return error.exitCode;
  }
  return flags.command === 'list' ? list(flags) : generate(flags, root);
}

/** One line after an error: the whole help would hide the error. */
function hintOf(command = ''): string {
  const named = hasUsage(command) ? ` ${command}` : '';
  return `Help: nest-authentication-zero${named} --help`;
}

async function list({ json }: Flags): Promise<number> {
  const { FEATURES } = await import('./features/index.js');
  process.stdout.write(
    json
      ? `${JSON.stringify(FEATURES, null, 2)}\n`
      : FEATURES.map(
          ({ name, title, requires, packages, settings, adds }) =>
            `${name}\n  ${title}\n  adds      ${adds.join(', ')}\n  requires  ${listed(requires)}\n  packages  ${listed(packages)}\n  settings  ${listed(settings)}\n`,
        ).join('\n'),
  );
  return EXIT.done;
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ');
}

async function generate(flags: Flags, root: string): Promise<number> {
  // The reader of stdout may close it early, as `| head` does: the run continues.
  process.stdout.on('error', () => undefined);
  const [{ default: nodePlop }, { Run }, { registerGenerators }, { PackageTree }] = await Promise.all([
    import('node-plop'),
    import('./run.js'),
    import('./generators.js'),
    import('./package-tree.js'),
  ]);
  // Without a terminal, inquirer prints its question and ends the process with code 130.
  const isInteractive = process.stdin.isTTY && process.stdout.isTTY && !flags.yes && !flags.json;
  const plop = await nodePlop('', { destBasePath: process.cwd(), force: false });
  const confirm = isInteractive ? confirmation(plop) : null;
  const run = new Run(flags, new PackageTree(root), process.cwd(), confirm);
  registerGenerators(plop, { runOf: () => run, asks: isInteractive, project: null });
  const generator = plop.getGenerator(flags.command);
  let exitCode: number = EXIT.done;
  try {
    if (isInteractive && flags.command === 'add') await run.askAboutGit();
    const answers = (isInteractive ? await generator.runPrompts() : {}) as object;
    const { failures } = await generator.runActions(answers);
    if (failures.length > 0) throw run.failure instanceof Error ? run.failure : new Error(failures[0]?.error);
  } catch (error) {
    exitCode = run.fail(error);
    if (!flags.json) process.stderr.write(`${run.report?.message ?? ''}\n`);
  }
  if (flags.json) process.stdout.write(`${JSON.stringify(run.report, null, 2)}\n`);
  return exitCode;
}

/** Uses Plop's own prompt, so that only one prompt library is loaded. */
function confirmation(plop: NodePlopAPI): Confirm {
  return async (message) => {
    plop.setGenerator('question', {
      description: message,
      prompts: [{ type: 'confirm', name: 'yes', message, default: true }],
      actions: [],
    });
    const { yes } = (await plop.getGenerator('question').runPrompts()) as { yes: boolean };
    return yes;
  };
}
