// The cost of a sign-in with a password: as many as a few clients can do one after the other, and at a fixed rate,
// which is the same for all.
import { ON_SIGN_INS } from '../contestants.mjs';
import { Load } from '../kit/load.mjs';
import { metered } from '../kit/metered.mjs';
import { people } from '../kit/people.mjs';
import { quantile } from '../kit/statistics.mjs';
import { message } from '../kit/wire.mjs';

const CLIENTS = 16;
/** Below what the slowest of them can do on one CPU. */
const PER_SECOND = 5;

const common = {
  contestants: ON_SIGN_INS,
  people: { full: CLIENTS, short: 4 },
  rounds: { full: 8, short: 1 },
  floor: 'bare-hash',
  ours: 'shipped-argon2',
  unit: 'sign-in',
  value: 'cpu',
  pairs: [],
};

export const signIn = {
  ...common,
  name: 'sign-in',
  title: 'A sign-in, as many as the server can do',
  visit: (visit) => measured(visit, (load, { signIns }) => load.send(signIns)),
};

export const rate = {
  ...common,
  name: 'rate',
  title: `A sign-in at an equal rate, ${PER_SECOND} a second`,
  visit: (visit) => measured(visit, (load, { signIns }) => load.paced(signIns / 2, PER_SECOND)),
};

async function measured({ postgres, running, size, cpu }, work) {
  const { dialect } = running.contestant;
  const messages = people(size.people).map((person) => message(dialect.signIn(person)));
  const load = await Load.open(running.port, messages);
  try {
    await load.send(2);
    const { result, ...cost } = await metered({ postgres, running, cpu, work: () => work(load, size) });
    const { seconds, milliseconds } = result;
    const count = milliseconds.length;
    return {
      cpu: cost.cpu / count,
      postgres: cost.postgres === null ? null : cost.postgres / count,
      perSecond: count / seconds,
      p50: quantile(milliseconds, 0.5),
      p99: quantile(milliseconds, 0.99),
      memory: cost.memory,
      others: cost.others,
    };
  } finally {
    load.close();
  }
}
