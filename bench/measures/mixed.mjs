// How many authenticated GETs are answered while 64 clients sign in without a pause, compared with a quiet server.
import { setTimeout } from 'node:timers/promises';
import { ON_THE_MIX } from '../contestants.mjs';
import { Load } from '../kit/load.mjs';
import { people } from '../kit/people.mjs';
import { quantile } from '../kit/statistics.mjs';
import { message } from '../kit/wire.mjs';

const CONNECTIONS = 16;

const pause = (seconds) => setTimeout(seconds * 1000);

export const mixed = {
  name: 'mixed',
  title: 'Authenticated GETs while clients sign in without a pause',
  contestants: ON_THE_MIX,
  people: { full: 64, short: 8 },
  rounds: { full: 4, short: 1 },
  ours: 'shipped-argon2',
  value: 'kept',
  pairs: [],

  async visit({ stage, running, size }) {
    // Some answer nothing until all hashes are done that were asked for before.
    const long = 4 * size.seconds;
    const { port, contestant } = running;
    const current = await stage.currentRequest(running);
    const gets = await Load.open(
      port,
      Array.from({ length: CONNECTIONS }, () => current),
    );
    const signIns = await Load.open(
      port,
      people(size.people).map((person) => message(contestant.dialect.signIn(person))),
    );
    try {
      await gets.during(size.seconds / 4);
      const quiet = await gets.during(size.seconds);
      const stop = signIns.keepSending();
      await pause(size.seconds / 2);
      const already = signIns.answered;
      const [busy, signedIn] = await Promise.all([
        gets.during(long),
        // Taken at the end of that time: the last GETs may take seconds longer.
        pause(long).then(() => signIns.answered - already),
      ]);
      await stop();
      return {
        quiet: quiet.milliseconds.length / size.seconds,
        busy: busy.milliseconds.length / long,
        kept: busy.milliseconds.length / long / (quiet.milliseconds.length / size.seconds),
        signIns: signedIn / long,
        p50: quantile(busy.milliseconds, 0.5),
        p99: quantile(busy.milliseconds, 0.99),
      };
    } finally {
      gets.close();
      signIns.close();
    }
  },
};
