import { STAGES } from '../kit/mail-server.mjs';
import { signUp } from '../kit/people.mjs';
import { npmRun } from '../kit/server.mjs';

const UNDELIVERABLE = "name = 'undeliverable-mails' AND state = 'created'";

/** The sign-up must not wait for the mail: its median with and without the fault. */
async function whileFailing(bench, behave, { count, heal }) {
  const once = async () => (await signUp(bench))[0];
  await bench.median(5, once);
  const usual = await bench.median(count, once);
  await behave();
  const faulty = await bench.median(count, once);
  bench.note(`median sign-up ${usual.toFixed(0)} ms, with the fault ${faulty.toFixed(0)} ms`);
  bench.wants(faulty < usual * 2 + 50, 'sign-up takes longer because of the mail server');
  await heal();
}

const failing = (name, says, behave, sizes, reached) => ({
  name: `mail-${name}`,
  says,
  short: { count: 10 },
  full: { count: 40 },
  ...sizes,
  alone: true,
  async run(bench, { count }) {
    await bench.sharedDatabase();
    await bench.start();
    await whileFailing(bench, () => behave(bench.mails), {
      count,
      heal: async () => {
        await bench.until(() => reached(bench), 'The fault is felt');
        if (bench.mails.isOpen) bench.mails.behaveWell();
        else await bench.mails.open();
      },
    });
    await bench.settle();
  },
});

const refused = failing(
  'refused',
  'connections to the mail server are refused',
  (mails) => mails.close(),
  {},
  (bench) => bench.server.logged('mail_failed').length > 0,
);

const silent = failing(
  'silent',
  'the mail server accepts connections and says nothing',
  (mails) => mails.behave(() => 'silent'),
  {},
  (bench) => bench.mails.misbehaved > 0,
);

const slow = failing(
  'slow',
  'the mail server waits 1.5 seconds before each answer',
  (mails) => mails.behave(() => 1500),
  {},
  () => true,
);

/** At every stage one mail is refused once. Each must arrive after healing, once. */
const triedAgain = (name, says, stages, answerAt) => ({
  name,
  says,
  short: { mails: 1 },
  full: { mails: 5 },
  async run(bench, { mails }) {
    await bench.sharedDatabase();
    await bench.start();
    for (const stage of stages) {
      const before = bench.mails.misbehaved;
      bench.mails.behave((reached) => (reached === stage ? answerAt(stage) : undefined));
      for (let mail = 0; mail < mails; mail += 1) await signUp(bench);
      await bench.until(() => bench.mails.misbehaved >= before + mails, `The refusal at ${stage}`);
      await bench.pause(200);
      bench.mails.behaveWell();
    }
    const aside = await bench.query(
      `SELECT data ->> 'reason' AS reason FROM authentication_jobs.job WHERE ${UNDELIVERABLE}`,
    );
    bench.wants(aside.length === 0, `${aside.length} mails were set aside for good: ${aside[0]?.reason}`);
    await bench.settle({ patience: aside.length > 0 ? 20_000 : 150_000 });
  },
});

const temporary = triedAgain(
  'mail-4xx',
  'the mail server answers 4xx, at each stage of SMTP',
  STAGES,
  (stage) => (stage === 'greeting' ? '421 4.3.2 too busy' : '451 4.3.0 try again later'),
);

const relay = triedAgain(
  'mail-5xx-relay',
  'the mail server refuses us (5xx at the greeting, EHLO, sign-in, MAIL FROM)',
  ['greeting', 'ehlo', 'auth', 'mail'],
  (stage) =>
    ({
      greeting: '554 5.7.1 blocked',
      ehlo: '550 5.7.1 go away',
      auth: '535 5.7.8 wrong password',
      mail: '550 5.7.1 sender refused',
    })[stage],
);

const recipient = {
  name: 'mail-5xx-recipient',
  says: 'the mail server refuses the recipient or the mail (5xx at RCPT, DATA, after it): set aside, then queued again',
  short: { mails: 1 },
  full: { mails: 5 },
  async run(bench, { mails }) {
    await bench.sharedDatabase();
    await bench.start();
    const stages = ['rcpt', 'data', 'body'];
    for (const stage of stages) {
      bench.mails.behave((reached) =>
        reached === stage
          ? stage === 'rcpt'
            ? '550 5.1.1 no such user'
            : '554 5.6.0 mail refused'
          : undefined,
      );
      const before = bench.mails.misbehaved;
      for (let mail = 0; mail < mails; mail += 1) await signUp(bench);
      await bench.until(() => bench.mails.misbehaved >= before + mails, `The refusal at ${stage}`);
      // What is not set aside is tried again, and that is right as well: only vanishing is not.
      await bench.until(
        async () =>
          (
            await bench.query(
              "SELECT 1 FROM authentication_jobs.job WHERE name LIKE '%mails' AND state = 'active'",
            )
          ).length === 0,
        'The mail has been put away',
      );
    }
    bench.mails.behaveWell();
    const [{ aside }] = await bench.query(
      `SELECT count(*)::int AS aside FROM authentication_jobs.job WHERE ${UNDELIVERABLE}`,
    );
    bench.note(`${aside} of ${stages.length * mails} mails set aside`);
    bench.wants(aside >= mails, 'a refused recipient was not set aside');
    const list = npmRun('mails', ['list'], bench.settings);
    bench.wants(/no such user/.test(list), '`npm run mails -- list` does not show the reason');
    npmRun('mails', ['retry', '--all'], bench.settings);
    await bench.settle();
  },
};

const dropped = {
  name: 'mail-dropped',
  says: 'the mail server ends the connection after the mail, before its answer: nobody knows whether it was taken',
  short: { drops: 3 },
  full: { drops: 20 },
  async run(bench, { drops }) {
    await bench.sharedDatabase();
    await bench.start();
    let left = drops;
    bench.mails.behave((stage) => (stage === 'body' && (left -= 1) >= 0 ? 'drop' : undefined));
    for (let turn = 0; turn < drops; turn += 1) await signUp(bench);
    await bench.until(() => left <= 0, 'All drops', 120_000);
    await bench.settle({ allowed: drops });
  },
};

export const MAIL_FAULTS = [refused, silent, slow, temporary, relay, recipient, dropped];
