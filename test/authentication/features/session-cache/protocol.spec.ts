import { RecentChanges } from '../../../../src/authentication/features/session-cache/recent-changes.js';
import { Clocks } from '../../../../src/authentication/features/session-cache/clocks.js';
import { SessionCache } from '../../../../src/authentication/features/session-cache/session-cache.js';
import { subjectsOf } from '../../../../src/authentication/features/session-cache/session-change.js';
import type { LiveRow } from '../../../../src/authentication/sessions/kept-sessions.js';

const REALM = '00000000-0000-0000-0000-000000000000';
const TOKEN = Buffer.alloc(32, 1);

/** A cache whose clocks a spec moves, in seconds. */
class Bench {
  private steady = 1000;
  private wall = 1_700_000_000_000;
  readonly cache: SessionCache;

  constructor(settings: Partial<{ entries: number; seconds: number; leaseSeconds: number }> = {}) {
    const clocks = new Clocks({ steady: () => this.steady, wall: () => this.wall });
    this.cache = new SessionCache({ entries: 10, seconds: 60, leaseSeconds: 3, ...settings }, clocks);
  }

  pass(seconds: number): void {
    this.steady += seconds * 1000;
    this.wall += seconds * 1000;
  }

  /** The steady clock stands still meanwhile. */
  suspend(seconds: number): void {
    this.wall += seconds * 1000;
  }

  prove(): void {
    this.cache.hearNonce(this.cache.nonce());
  }

  /** With a new proof each second, as the feed sends it. */
  live(seconds: number): void {
    for (let second = 0; second < seconds; second += 1) {
      this.pass(1);
      this.prove();
    }
  }

  keep({ token = TOKEN, ...live }: Partial<LiveRow> & { token?: Buffer } = {}): void {
    this.cache.begin(token, REALM)?.({ row: ['row'], sessionId: 12, userId: 5, seconds: 50, ...live });
  }

  found(token = TOKEN, realm = REALM): boolean {
    return this.cache.of(token, realm) !== undefined;
  }
}

function proven(settings?: ConstructorParameters<typeof Bench>[0]): Bench {
  const bench = new Bench(settings);
  bench.prove();
  return bench;
}

describe('the lease', () => {
  it('begins with the first nonce that is heard: before, nothing is answered or kept', () => {
    const bench = new Bench();
    bench.keep();
    expect(bench.cache.begin(TOKEN, REALM)).toBeUndefined();
    bench.prove();
    expect(bench.found()).toBe(false);
    bench.keep();
    expect(bench.found()).toBe(true);
  });

  it('lasts for its seconds from when the nonce was sent, however late it is heard', () => {
    const bench = proven();
    bench.keep();
    const nonce = bench.cache.nonce();
    bench.pass(2);
    bench.cache.hearNonce(nonce);
    bench.pass(0.999);
    expect(bench.found()).toBe(true);
    bench.pass(0.001);
    expect(bench.found()).toBe(false);
    expect(bench.cache.begin(TOKEN, REALM)).toBeUndefined();
  });

  it('holds again after the next nonce, and the rows are still right: no change was missed', () => {
    const bench = proven();
    bench.keep();
    bench.pass(10);
    expect(bench.found()).toBe(false);
    bench.prove();
    expect(bench.found()).toBe(true);
  });

  it('is not renewed by a nonce of another process, or by one heard twice or after a newer one', () => {
    const bench = proven();
    bench.keep();
    const [first, second] = [bench.cache.nonce(), bench.cache.nonce()];
    bench.cache.hearNonce(second);
    bench.pass(2.5);
    for (const nonce of [first, second, '4711', '']) bench.cache.hearNonce(nonce);
    bench.pass(0.5);
    expect(bench.found()).toBe(false);
  });

  it('is not begun again by a nonce that was sent before the connection was lost', () => {
    const bench = proven();
    const nonce = bench.cache.nonce();
    bench.cache.distrust();
    bench.cache.hearNonce(nonce);
    expect(bench.cache.isTrusted()).toBe(false);
    bench.prove();
    expect(bench.cache.isTrusted()).toBe(true);
  });
});

describe('a suspended machine', () => {
  it('answers nothing when it wakes up, and has forgotten every row', () => {
    const bench = proven();
    bench.keep();
    bench.suspend(1.5);
    expect(bench.found()).toBe(false);
    bench.prove();
    expect(bench.found()).toBe(false);
  });

  it('trusts no nonce that was sent before it was suspended, and begins no statement', () => {
    const bench = proven();
    const nonce = bench.cache.nonce();
    bench.suspend(3600);
    bench.cache.hearNonce(nonce);
    expect(bench.cache.isTrusted()).toBe(false);
    expect(bench.cache.begin(TOKEN, REALM)).toBeUndefined();
  });

  it('keeps no row whose statement began before', () => {
    const bench = proven();
    const keep = bench.cache.begin(TOKEN, REALM);
    bench.suspend(3600);
    bench.prove();
    keep?.({ row: ['row'], sessionId: 12, userId: 5, seconds: 50 });
    expect(bench.found()).toBe(false);
  });

  it('is also noticed in several short sleeps, and when the clock is set back', () => {
    const bench = proven();
    bench.keep();
    bench.suspend(0.6);
    expect(bench.found()).toBe(true);
    bench.suspend(0.6);
    expect(bench.found()).toBe(false);
    bench.prove();
    bench.keep();
    bench.suspend(-2);
    expect(bench.found()).toBe(false);
  });
});

describe('a row', () => {
  it('is kept for as long as the database said, from before the statement, and at most for the setting', () => {
    const bench = proven();
    const keep = bench.cache.begin(TOKEN, REALM);
    bench.pass(2);
    keep?.({ row: ['row'], sessionId: 12, userId: 5, seconds: 10 });
    bench.live(7);
    expect(bench.found()).toBe(true);
    bench.live(1);
    expect(bench.found()).toBe(false);
    const short = proven({ seconds: 5 });
    short.keep({ seconds: 50 });
    short.live(4);
    expect(short.found()).toBe(true);
    short.live(1);
    expect(short.found()).toBe(false);
  });

  it('is not kept if its time was over while the statement ran', () => {
    const bench = proven();
    const keep = bench.cache.begin(TOKEN, REALM);
    bench.pass(2);
    keep?.({ row: ['row'], sessionId: 12, userId: 5, seconds: 2 });
    expect(bench.cache.size).toBe(0);
    bench.keep({ seconds: 0 });
    bench.keep({ seconds: -5 });
    expect(bench.cache.size).toBe(0);
  });

  it('is found with its own token and realm only', () => {
    const bench = proven();
    bench.keep();
    expect(bench.found(Buffer.alloc(32, 2))).toBe(false);
    expect(bench.found(TOKEN, 'b0000000-0000-0000-0000-000000000000')).toBe(false);
  });

  it('is a copy each time: no request changes what another one gets', () => {
    const bench = proven();
    const row = ['text', new Date(7), Buffer.from('digest'), { roles: ['member'] }, null];
    bench.keep({ row });
    const change = (values: readonly unknown[]): void => {
      (values[1] as Date).setTime(0);
      (values[2] as Buffer).fill(0);
      (values[3] as { roles: string[] }).roles.push('admin');
    };
    change(row);
    change(bench.cache.of(TOKEN, REALM) ?? []);
    expect(bench.cache.of(TOKEN, REALM)).toEqual([
      'text',
      new Date(7),
      Buffer.from('digest'),
      { roles: ['member'] },
      null,
    ]);
  });

  it('has values of the same classes, and is not kept if one cannot be copied', () => {
    class Interval {
      constructor(readonly days: number) {}
    }
    const bench = proven();
    bench.keep({ row: [new Interval(3)] });
    expect(bench.cache.of(TOKEN, REALM)?.[0]).toBeInstanceOf(Interval);
    bench.keep({ row: [{ size: () => 3 }] });
    expect(bench.found()).toBe(false);
  });

  it('gives way to another when there are too many, the one first that was not used for the longest time', () => {
    const bench = proven({ entries: 2 });
    const [first, second, third] = [1, 2, 3].map((byte) => Buffer.alloc(32, byte));
    bench.keep({ token: first! });
    bench.keep({ token: second! });
    expect(bench.found(first)).toBe(true);
    bench.keep({ token: third! });
    expect([first, second, third].map((token) => bench.found(token))).toEqual([true, false, true]);
    // A change of a session still finds every row that is left.
    bench.cache.hear('s12');
    expect(bench.cache.size).toBe(0);
  });
});

describe('a change', () => {
  it('of the client itself: what was kept for its token is gone, and a statement under way keeps nothing', () => {
    const bench = proven();
    const other = Buffer.alloc(32, 2);
    bench.keep();
    bench.keep({ token: other, sessionId: 13 });
    const underWay = bench.cache.begin(TOKEN, REALM);
    bench.cache.forget(TOKEN, REALM);
    expect(bench.found()).toBe(false);
    expect(bench.found(other)).toBe(true);
    underWay?.({ row: ['row'], sessionId: 12, userId: 5, seconds: 50 });
    expect(bench.found()).toBe(false);
    bench.keep();
    expect(bench.found()).toBe(true);
  });

  it('removes the rows of its session or its user, for each of their tokens, and no other', () => {
    const tokens = [1, 2, 3].map((byte) => Buffer.alloc(32, byte));
    const left = (note: string): boolean[] => {
      const bench = proven();
      bench.keep({ token: tokens[0]!, sessionId: 12, userId: 5 });
      bench.keep({ token: tokens[1]!, sessionId: 12, userId: 5 });
      bench.keep({ token: tokens[2]!, sessionId: 13, userId: 5 });
      bench.cache.hear(note);
      return tokens.map((token) => bench.found(token));
    };
    expect(left('s12')).toEqual([false, false, true]);
    expect(left('s9,13,14')).toEqual([true, true, false]);
    expect(left('u5')).toEqual([false, false, false]);
    expect(left('s1,5,120')).toEqual([true, true, true]);
    expect(left('u12')).toEqual([true, true, true]);
    expect(left('all')).toEqual([false, false, false]);
    // Of a later release, perhaps.
    expect(left('x12')).toEqual([false, false, false]);
    expect(left('')).toEqual([false, false, false]);
  });

  it('that is heard while the statement runs keeps its row from being kept', () => {
    for (const note of ['s12', 'u5', 's1,12', 'all', 'unreadable']) {
      const bench = proven();
      const keep = bench.cache.begin(TOKEN, REALM);
      bench.cache.hear(note);
      keep?.({ row: ['row'], sessionId: 12, userId: 5, seconds: 50 });
      expect([note, bench.found()]).toEqual([note, false]);
    }
  });

  it('of another session or user, or from before the statement, does not', () => {
    const bench = proven();
    bench.cache.hear('s12');
    const keep = bench.cache.begin(TOKEN, REALM);
    bench.cache.hear('s13,14');
    bench.cache.hear('u12');
    keep?.({ row: ['row'], sessionId: 12, userId: 5, seconds: 50 });
    expect(bench.found()).toBe(true);
  });

  it('counts as one of every session when the connection is lost', () => {
    const bench = proven();
    const keep = bench.cache.begin(TOKEN, REALM);
    bench.cache.distrust();
    bench.prove();
    keep?.({ row: ['row'], sessionId: 12, userId: 5, seconds: 50 });
    expect(bench.found()).toBe(false);
  });
});

describe('the changes that are remembered', () => {
  it('are the last ones: with more of them since, anything may have changed', () => {
    const changes = new RecentChanges(3);
    for (const id of [1, 2]) changes.note(`s${id}`);
    const since = changes.generation;
    for (const id of [3, 4, 5]) changes.note(`s${id}`);
    expect(['s1', 's2', 's3', 's4', 's5', 's6'].map((subject) => changes.concern([subject], since))).toEqual([
      false,
      false,
      true,
      true,
      true,
      false,
    ]);
    expect(changes.concern(['s9'], since - 1)).toBe(true);
    changes.note('s6');
    expect(changes.concern(['s9'], since)).toBe(true);
    expect(changes.concern(['s9'], changes.generation)).toBe(false);
  });
});

describe('a note', () => {
  it('names sessions or users, or else all', () => {
    expect(subjectsOf('s12,13')).toEqual(['s12', 's13']);
    expect(subjectsOf('u5')).toEqual(['u5']);
    for (const note of ['all', '', 's', 's12,', '12', 's1 2', 'u5\n', 'x5'])
      expect(subjectsOf(note)).toBeNull();
  });
});
