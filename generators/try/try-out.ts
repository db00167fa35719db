import { posix } from 'node:path';
import { Interrupts } from '../plan/interrupt.js';
import type { Choices } from '../choices.js';
import { Sources } from '../project/sources.js';
import { TriedApplication } from './application.js';
import { BuildOutput } from './build-output.js';
import { ThrowAwayDatabase } from './database.js';
import { journey, Surprise } from './journey.js';
import { MailSink } from './mail-sink.js';
import { startCommands } from './start-command.js';
import { notTried, type Tried } from './tried.js';

const START_WITHIN_MS = 180_000;
const INTERRUPTED = 'it was interrupted.';
const ANOTHER_DATABASE =
  'your application uses another database than DATABASE_URL for our tables, and nothing is signed up there.';

interface Trial {
  target: string;
  choices: Choices;
  project: string | null;
  say: (text: string) => void;
}

/**
 * Starts the application of the project once, on a free port, with a database and a mail server of its own, and tells
 * whether our routes answer there. What was written stays, whatever happens.
 */
export async function tryOut({ target, choices, project, say }: Trial): Promise<Tried> {
  const commands = startCommands(target, choices.packageManager, project);
  if (commands.length === 0) return notTried('package.json has no script "start", and there is no Nest CLI.');
  const output = new BuildOutput(target);
  if (output.watched !== null) return notTried(`a build would change ${output.watched}, which is in git.`);
  if (overridesVariables(target, choices))
    return notTried('your .env file overrides the environment, so the trial cannot name its own database.');
  const database = await ThrowAwayDatabase.create(target);
  if (database === null)
    return notTried('no Postgres was found where a database can be created. DATABASE_URL names one.');
  const interrupts = new Interrupts();
  interrupts.listen();
  try {
    say('Starting your application once, with an empty database …\n');
    return await withDatabase(database, { target, choices, commands, interrupts });
  } finally {
    await database
      .drop()
      .catch(() => say(`The database of the trial could not be dropped: ${database.url}\n`));
    output.clean();
    interrupts.stop();
  }
}

interface Start {
  target: string;
  choices: Choices;
  commands: ReturnType<typeof startCommands>;
  interrupts: Interrupts;
}

async function withDatabase(
  database: ThrowAwayDatabase,
  { target, choices, commands, interrupts }: Start,
): Promise<Tried> {
  const sink = await MailSink.open();
  const application = await TriedApplication.on(target);
  interrupts.onInterrupt(() => void application.stop());
  const path = pathOf(choices.globalPrefix);
  const api = `${application.base}${path}${pathOf(choices.routePrefix)}`;
  try {
    const variables = {
      DATABASE_URL: database.url,
      SMTP_URL: sink.url,
      APP_URL: `${application.base}${path}`,
    };
    const answers = await application.start(commands, variables, Date.now() + START_WITHIN_MS);
    if (application.isStopped()) return notTried(INTERRUPTED);
    if (!answers) return didNotStart(application, commands);
    if (!(await database.has('authentication'))) return notTried(ANOTHER_DATABASE);
    await journey(api, sink);
    return works(api);
  } catch (error) {
    if (application.isStopped()) return notTried(INTERRUPTED);
    if (!(error instanceof Surprise)) throw error;
    return { result: 'differs', path: null, message: error.message, lines: [] };
  } finally {
    await application.stop();
    sink.close();
  }
}

function works(api: string): Tried {
  const path = new URL(api).pathname.replace(/\/$/, '');
  const message = `Tried: sign-up (POST ${path}/sign_up), the mailed link and sign-in (POST ${path}/sign_in) answer.`;
  return { result: 'works', path, message, lines: [] };
}

function didNotStart(application: TriedApplication, commands: Start['commands']): Tried {
  const { command = '', args = [] } = commands.at(-1) ?? {};
  const message = `Your application did not start here; it may need services or settings that are missing. Try it with: ${command} ${args.join(' ')}. It said last:`;
  return { result: 'did not start', path: null, message, lines: application.lastLines };
}

function pathOf(prefix: string): string {
  return prefix === '' ? '' : `/${prefix}`;
}

function overridesVariables(target: string, { path }: Choices): boolean {
  const sources = new Sources(target, posix.dirname(path));
  return sources.with('dotenv').some(({ text }) => /override\s*:\s*true/.test(text));
}
