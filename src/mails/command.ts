import { parseArgs } from 'node:util';
import type { MailList } from '../authentication/core/mail/mail-list.js';
import { Environment } from '../authentication/core/settings/environment.js';
import { environmentVariables } from '../config/dot-env.js';
import { databasePooler, databaseUrl } from '../config/settings.js';
import { databaseComplaint } from '../database/database-complaint.js';
import { listText, retryText } from './texts.js';

const HELP = `Mails that wait for their next try, and mails that were set aside.

  npm run mails -- list [--json]         lists them, the oldest first
  npm run mails -- retry ID [ID …]       queues mails again that were set aside, with new links;
                                         a mail that waits is tried now
  npm run mails -- retry --all           the same for all mails

The database is that of DATABASE_URL, as for the server. Run npm run build first.
Exit code: 0; 1 if it failed; 2 for a wrong command.
`;
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** A wrong command line. */
class WrongUse extends Error {}

/** What the command line asks for. `ids` null: all mails. */
type Task = { name: 'help' } | { name: 'list'; json: boolean } | { name: 'retry'; ids: string[] | null };

function taskOf(words: string[]): Task {
  const { values, positionals } = parsed(words);
  const [name, ...ids] = positionals;
  if (values.help === true || words.length === 0) return { name: 'help' };
  if (name === 'list' && ids.length === 0 && values.all !== true) {
    return { name, json: values.json === true };
  }
  if (name !== 'retry' || values.json === true) throw new WrongUse('It takes list or retry');
  if ((values.all === true) === ids.length > 0) throw new WrongUse('retry takes the ids of mails, or --all');
  const wrong = ids.find((id) => !UUID.test(id));
  if (wrong !== undefined) throw new WrongUse(`${JSON.stringify(wrong)} is not an id: list shows the ids`);
  return { name, ids: values.all === true ? null : ids };
}

function parsed(args: string[]) {
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { json: flag, all: flag, help: { ...flag, short: 'h' } },
    });
  } catch (error) {
    throw new WrongUse((error as Error).message.split('. ', 1)[0]);
  }
}

/** @returns the text to print, and the exit code */
async function run(task: Exclude<Task, { name: 'help' }>, mails: MailList): Promise<[string, number]> {
  if (task.name === 'list') {
    const list = await mails.list();
    return [task.json ? `${JSON.stringify(list, null, 2)}\n` : listText(list), 0];
  }
  const requeued = await mails.retry(task.ids);
  const found = new Set([...requeued.queued, ...requeued.due]);
  const missing = (task.ids ?? []).filter((id) => !found.has(id.toLowerCase()));
  return [retryText(requeued, missing), missing.length === 0 ? 0 : 1];
}

function complaintOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === '42P01' || code === '3F000') {
    return 'The database at DATABASE_URL has no mails: the server has never started with it';
  }
  return databaseComplaint(error) ?? message.split('\n', 1)[0] ?? message;
}

async function main(): Promise<number> {
  try {
    const task = taskOf(process.argv.slice(2));
    if (task.name === 'help') {
      process.stdout.write(HELP);
      return 0;
    }
    const environment = new Environment(environmentVariables());
    const database = { url: databaseUrl(environment), pooler: databasePooler(environment) };
    // Loaded late: it takes a second.
    const { withMails } = await import('./mails.js');
    const [text, code] = await withMails(database, (mails) => run(task, mails));
    process.stdout.write(text);
    return code;
  } catch (error) {
    const isWrongUse = error instanceof WrongUse;
    process.stderr.write(`${complaintOf(error)}${isWrongUse ? ' (--help says more)' : ''}\n`);
    return isWrongUse ? 2 : 1;
  }
}

void main().then((code) => {
  process.exitCode = code;
});
