import {
  HashingQueue,
  type HashingClient,
} from '../../../../src/authentication/core/passwords/hashing-queue.js';
import { Overloaded } from '../../../../src/authentication/core/problems/problems.js';

const from = (ipAddress: string): HashingClient => ({ ipAddress });
const behind = (owner: string, ipAddress: string): HashingClient => ({ ipAddress, owner });

/** A queue whose hashes end one by one, when the spec says so. */
class Gate {
  readonly begun: string[] = [];
  private readonly running: (() => void)[] = [];

  constructor(private readonly queue: HashingQueue) {}

  /** @returns how many of these hashes were refused */
  async ask(name: string, client: HashingClient, count = 1): Promise<number> {
    let refused = 0;
    for (let asked = 0; asked < count; asked += 1) {
      const work = () => {
        this.begun.push(name);
        return new Promise<void>((end) => this.running.push(end));
      };
      this.queue.run(client, work).catch((error: unknown) => {
        if (error instanceof Overloaded) refused += 1;
      });
    }
    await settled();
    return refused;
  }

  async end(count = 1): Promise<void> {
    for (let ended = 0; ended < count; ended += 1) {
      this.running.shift()?.();
      await settled();
    }
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('A queue for 2 hashes at a time, in which 16 wait', () => {
  const gate = () => new Gate(new HashingQueue(2, 16));

  it('gives one client a quarter, of the running and waiting hashes together', async () => {
    const queue = gate();
    expect(await queue.ask('a', from('203.0.113.1'), 12)).toBe(8);
    expect(await queue.ask('b', from('203.0.113.2'), 4)).toBe(0);
    await queue.end();
    expect(await queue.ask('a', from('203.0.113.1'), 2)).toBe(1);
  });

  it('counts a whole IPv6 /64 as one client, and a client without an address too', async () => {
    const queue = gate();
    expect(await queue.ask('a', from('2001:db8::1'), 3)).toBe(0);
    expect(await queue.ask('a', from('2001:db8::ffff'), 3)).toBe(2);
    expect(await queue.ask('nobody', { ipAddress: null }, 5)).toBe(1);
  });

  it('lets clients take turns, however many hashes one of them has', async () => {
    const queue = gate();
    await queue.ask('a', from('203.0.113.1'), 4);
    await queue.ask('b', from('203.0.113.2'), 2);
    await queue.ask('c', from('203.0.113.3'), 1);
    await queue.end(8);
    expect(queue.begun).toEqual(['a', 'a', 'a', 'b', 'c', 'a', 'b']);
  });

  it('refuses everybody when it is full', async () => {
    const queue = gate();
    for (let client = 1; client <= 4; client += 1) await queue.ask('a', from(`203.0.113.${client}`), 4);
    expect(await queue.ask('b', from('203.0.113.5'), 3)).toBe(1);
  });

  it('gives the clients of one owner half together, and one turn of all', async () => {
    const queue = gate();
    let refused = 0;
    for (let client = 1; client <= 10; client += 1) {
      refused += await queue.ask('owner', behind('7', `198.51.100.${client}`));
    }
    expect(refused).toBe(2);
    // The same address, but not the same client.
    await queue.ask('a', from('198.51.100.1'), 3);
    await queue.end(12);
    expect(queue.begun.slice(0, 9)).toEqual([
      ...['owner', 'owner'],
      ...['owner', 'a', 'owner', 'a', 'owner', 'a', 'owner'],
    ]);
  });

  it('forgets a client whose hashes have ended, also when they failed', async () => {
    const queue = new HashingQueue(2, 16);
    const client = from('203.0.113.1');
    const fail = () => Promise.reject(new Error('failed'));
    for (let failed = 0; failed < 10; failed += 1) {
      await expect(queue.run(client, fail)).rejects.toThrow('failed');
    }
    expect(await queue.run(client, () => Promise.resolve('done'))).toBe('done');
  });
});
