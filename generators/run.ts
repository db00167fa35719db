import { resolve } from 'node:path';
import type { Answers } from './choices.js';
import { Conflicting, EXIT, Failure, messageOf, WrongUsage } from './failure.js';
import type { Manifest } from './manifest.js';
import type { Flags } from './options.js';
import type { PackageTree } from './package-tree.js';
import { nextSteps } from './next-steps.js';
import { planAddition } from './plan/addition.js';
import { planFeature } from './plan/feature.js';
import { uncleanFiles } from './plan/git.js';
import { install } from './plan/install.js';
import { Interrupts } from './plan/interrupt.js';
import { newChoices } from './plan/new-choices.js';
import { planNewProject } from './plan/new-project.js';
import { readManifest, type Plan } from './plan/plan.js';
import { inTheirFormat } from './plan/their-format.js';
import { typeCheck } from './plan/type-check.js';
import { isCutShort, repair, writeIntoProject } from './plan/write-into.js';
import { refuseOccupied, sweepLeftovers, writeNewProject } from './plan/write-new.js';
import { readIfThere } from './project/files.js';
import {
  conflictsText,
  diffsText,
  factsText,
  filesText,
  notesText,
  pasteText,
  reportOf,
  triedText,
  type Report,
} from './report.js';
import { skeletonNames } from './skeleton/names.js';
import { triedStart, type Tried } from './try/tried.js';

/** Asks a yes-or-no question. */
export type Confirm = (question: string) => Promise<boolean>;

/** One run: plan, check, write. Plan and failure are kept here, because Plop keeps only messages. */
export class Run {
  plan: Plan | null = null;
  failure: unknown = null;
  report: Report | null = null;
  private isGitAsked = false;
  tried: Tried | null = null;

  constructor(
    readonly flags: Flags,
    private readonly tree: PackageTree,
    private readonly directory: string,
    /** null: no prompt can be shown */
    private readonly confirm: Confirm | null,
  ) {}

  get isDry(): boolean {
    return this.flags.dryRun || this.flags.diff;
  }

  /** The options that an earlier run wrote down in a project. */
  earlier(directory = '.'): Manifest['options'] | undefined {
    return readManifest((path) => readIfThere(resolve(this.directory, directory, path)))?.options;
  }

  /** Computes every change in memory. */
  async makePlan(answers: Answers): Promise<string> {
    this.plan = await this.planned(answers);
    return `${this.plan.files.length} files`;
  }

  /** Ends the run before anything is written if there is a conflict. */
  async check(): Promise<string> {
    const plan = this.required();
    const isWriting = !this.isDry && plan.files.length > 0;
    // The changes of `feature new` are easily undone by hand. Those of `add` are not: a clean git tree is asked for.
    if (isWriting && this.flags.command === 'add') await this.askAboutGit(plan.target);
    this.say(factsText(plan));
    if (plan.conflicts.length > 0) {
      this.say(conflictsText(plan));
      throw new Conflicting(
        `${plan.conflicts.length === 1 ? '1 conflict' : `${plan.conflicts.length} conflicts`}. Nothing was written. Move or rename these files, or overwrite them with --force.`,
      );
    }
    this.say(this.flags.diff ? diffsText(plan.files) : filesText(plan));
    if (!isWriting) return 'no conflicts';
    if (this.flags.command !== 'new') this.refuseErrors(plan, 'Nothing was written.');
    await this.askAboutOverwriting(plan);
    if (this.confirm !== null && !(await this.confirm('Write these files?')))
      throw new Failure('Nothing was written.');
    return 'no conflicts';
  }

  /** Writes all files, or none. */
  async write(): Promise<string> {
    const plan = this.required();
    if (this.isDry) return this.end('planned', 'Nothing was written.');
    if (plan.files.length === 0)
      return this.end('unchanged', 'Nothing to do: everything is there already. Nothing was written.');
    const writer = this.flags.command === 'new' ? writeNewProject : writeIntoProject;
    const interrupts = new Interrupts();
    await writer(plan, interrupts, (directory) => this.finish(plan, directory, interrupts));
    if (this.flags.command === 'add')
      this.tried = await triedStart(this.flags, plan, (text) => this.say(text));
    const steps = nextSteps(plan, this.flags.command, this.directory, !this.flags.skipInstall);
    return this.end('written', steps);
  }

  /** Makes the report of a failed run. @returns the exit code */
  fail(error: unknown): number {
    const exitCode = error instanceof Failure ? error.exitCode : EXIT.failed;
    const message = messageOf(error);
    this.report = reportOf(this.plan, exitCode === EXIT.conflict ? 'conflicts' : 'failed', exitCode, message);
    return exitCode;
  }

  say(text: string): void {
    if (!this.flags.json) process.stdout.write(text);
  }

  /** The folder of the project. */
  folderOf(answers: Answers): string {
    return resolve(this.directory, answers.directory ?? '.');
  }

  private planned(answers: Answers): Plan | Promise<Plan> {
    if (this.flags.command === 'new') return this.planNew(answers);
    const target = this.folderOf(answers);
    this.repairFirst(target);
    return this.flags.command === 'add' ? this.planAdd(target, answers) : this.planFeature(target, answers);
  }

  private planNew(answers: Answers): Plan {
    const { flags } = this;
    const directory = flags.directory ?? answers.directory;
    if (directory === undefined) throw new WrongUsage('new needs a folder: nest-authentication-zero new DIR');
    const target = resolve(this.directory, directory);
    refuseOccupied(target);
    if (!this.isDry) this.tellLeftovers(sweepLeftovers(target));
    return planNewProject(this.tree, newChoices(target, flags, answers), target);
  }

  private planAdd(target: string, answers: Answers): Promise<Plan> {
    if (target === resolve(this.tree.root)) {
      throw new WrongUsage(
        'This folder is the generator itself. Use add in a project; here only feature new is possible.',
      );
    }
    return inTheirFormat(planAddition(this.tree, target, this.flags, answers));
  }

  private planFeature(target: string, answers: Answers): Promise<Plan> {
    const name = this.flags.name ?? answers.name;
    if (name === undefined)
      throw new WrongUsage('feature new needs a name: nest-authentication-zero feature new NAME');
    return planFeature(this.tree, target, skeletonNames(name, this.flags.singular ?? answers.singular));
  }

  private repairFirst(target: string): void {
    if (!isCutShort(target)) return;
    if (this.isDry)
      throw new Conflicting(
        'An earlier run was interrupted here. To repair the project, run again without --dry-run and --diff.',
      );
    const repaired = repair(target);
    const left = repaired?.left ?? [];
    this.say(
      `An earlier run was interrupted: ${repaired?.restored.length ?? 0} files were restored.${left.length === 0 ? '' : ` These files were changed since then and stay as they are: ${left.join(', ')}.`}\n\n`,
    );
  }

  private tellLeftovers(left: readonly string[]): void {
    if (left.length > 0)
      this.say(
        `An earlier run was interrupted. The folders that it left were deleted: ${left.join(', ')}\n\n`,
      );
  }

  /** Asked once: before the other questions, so that nobody answers them for nothing. */
  async askAboutGit(target = this.directory): Promise<void> {
    if (this.isGitAsked || this.isDry || this.flags.force) return;
    const unclean = uncleanFiles(target);
    if (unclean.length === 0) return;
    this.isGitAsked = true;
    const count = unclean.length === 1 ? '1 file is' : `${unclean.length} files are`;
    const question = `${count} not committed (${unclean.slice(0, 3).join(', ')}${unclean.length > 3 ? ', …' : ''}).`;
    if (this.confirm === null) {
      throw new Conflicting(`${question} Commit them first, or continue with --force. Nothing was written.`);
    }
    if (!(await this.confirm(`${question} Continue?`))) throw new Failure('Nothing was written.');
  }

  /** `--force` alone must not remove lines of the owner: they are shown, and a person or `--yes` agrees. */
  private async askAboutOverwriting(plan: Plan): Promise<void> {
    const { overwritten } = plan;
    if (overwritten.length === 0) return;
    this.say(diffsText(plan.files.filter(({ path }) => overwritten.includes(path))));
    const files = `what is yours: ${overwritten.join(', ')}`;
    if (this.flags.yes) {
      this.say(`--force overwrites ${files}\n\n`);
      return;
    }
    if (this.confirm === null)
      throw new Conflicting(`--force would overwrite ${files}. To agree, add --yes. Nothing was written.`);
    if (!(await this.confirm(`Overwrite ${files}?`))) throw new Failure('Nothing was written.');
  }

  private async finish(plan: Plan, directory: string, interrupts: Interrupts): Promise<void> {
    if (this.flags.skipInstall || !plan.files.some(({ path }) => path === 'package.json')) return;
    this.say(`Installing with ${plan.choices.packageManager} …\n`);
    await install(plan.choices.packageManager, directory, interrupts, this.flags.json);
    if (this.flags.command === 'new') return;
    this.refuseErrors(
      plan,
      'All files are as they were before. The packages that were installed stay until your next install.',
    );
  }

  private refuseErrors(plan: Plan, consequence: string): void {
    if (this.flags.force) return;
    const errors = typeCheck(plan);
    if (errors.length === 0) return;
    this.say(`${errors.join('\n')}\n\n`);
    throw new Failure(
      `With the new files, the type check finds ${errors.length === 1 ? '1 error' : `${errors.length} errors`}. ${consequence} To write the files in spite of them, use --force.`,
    );
  }

  private end(result: Report['result'], message: string): string {
    const plan = this.required();
    this.report = reportOf(plan, result, EXIT.done, message, this.tried);
    const notes = result === 'unchanged' ? '' : notesText(plan);
    this.say(`${pasteText(plan)}${notes}${triedText(this.tried)}${message}\n`);
    return message;
  }

  private required(): Plan {
    if (this.plan === null) throw new Error('there is no plan yet');
    return this.plan;
  }
}
