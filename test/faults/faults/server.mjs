import { signUp } from '../kit/people.mjs';

/** How many mails a worker has in hand at most, each of which a kill may repeat. */
const BATCH = 8;

const serverKilled = {
  name: 'server-killed',
  says: 'kill -9 of the server during a storm of sign-ups',
  short: { kills: 2, between: 60 },
  full: { kills: 10, between: 150 },
  async run(bench, { kills, between }) {
    await bench.sharedDatabase();
    await bench.start();
    const watcher = await bench.person('watcher');
    const load = bench.load({ people: 8, does: signUp });
    for (let kill = 1; kill <= kills; kill += 1) {
      await bench.until(() => bench.acknowledgedSoFar() >= kill * between, 'Sign-ups', 60_000);
      bench.begins({ mayBreak: true });
      await bench.server.killAtOnce();
      await bench.endReservations();
      await bench.startAgain();
      await bench.healed(watcher);
    }
    await bench.calm(load);
    await bench.settle({ allowed: kills * BATCH, forOne: 1 + kills });
  },
};

const workerKilled = {
  name: 'mail-worker-killed',
  says: "kill -9 of the mail worker right after the mail server's 250",
  short: { kills: 2 },
  full: { kills: 10 },
  async run(bench, { kills }) {
    await bench.sharedDatabase();
    await bench.start();
    const watcher = await bench.person('watcher');
    await bench.until(() => bench.mails.to(watcher.email).length > 0, 'The first mail');
    for (let kill = 1; kill <= kills; kill += 1) {
      const killed = new Promise((done) => {
        bench.mails.onAccept(() => {
          bench.mails.onAccept(() => undefined);
          done(bench.server.killAtOnce());
        });
      });
      bench.begins({ mayBreak: true });
      await signUp(bench);
      await killed;
      await bench.endReservations();
      await bench.startAgain();
      await bench.healed(watcher);
    }
    await bench.calm();
    await bench.settle({ allowed: kills });
  },
};

export const SERVER_FAULTS = [serverKilled, workerKilled];
