// A TCP proxy that does to connections what networks do to them.
import { connect, createServer } from 'node:net';
import { once } from 'node:events';

export class TcpProxy {
  #server;
  #links = new Set();
  #hole = false;
  #stalled = false;

  constructor(port, host = '127.0.0.1') {
    this.target = { port, host };
    this.#server = createServer((socket) => this.#take(socket));
  }

  static async listen(scope, port) {
    const proxy = new TcpProxy(port);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    scope.defer(() => proxy.close());
    return proxy;
  }

  get port() {
    return this.#server.address().port;
  }

  /** Ends every connection at once, as a restarted firewall that sends RST. */
  cut() {
    for (const link of this.#links) link.end();
  }

  /** Nothing passes until `flow`, then all of it: packets that were late. */
  stall() {
    this.#stalled = true;
    for (const link of this.#links) link.stall();
  }

  flow() {
    this.#stalled = false;
    for (const link of this.#links) link.flow();
  }

  /** What is sent from now on is lost, and a connection that lost bytes stays silent for ever, also after `heal`. */
  swallow() {
    this.#hole = true;
  }

  heal() {
    this.#hole = false;
  }

  /** The connections of now stay silent for ever; new ones work: a firewall that forgot its table. */
  forget() {
    for (const link of this.#links) link.isDead = true;
  }

  async close() {
    this.cut();
    await new Promise((done) => this.#server.close(done));
  }

  #take(client) {
    const upstream = connect(this.target);
    const link = new Link(client, upstream, () => this.#hole);
    if (this.#hole) link.isDead = true;
    if (this.#stalled) link.stall();
    this.#links.add(link);
    void link.ended.then(() => this.#links.delete(link));
  }
}

class Link {
  isDead = false;
  #sides;

  constructor(client, upstream, isHole) {
    this.#sides = [client, upstream];
    // Not `once` of node:events: it rejects on errors, which are usual here.
    this.ended = Promise.all(this.#sides.map((side) => new Promise((done) => side.once('close', done))));
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ]) {
      from.setNoDelay(true);
      from.on('error', () => undefined);
      from.on('data', (chunk) => {
        if (isHole()) this.isDead = true;
        if (!this.isDead && !to.destroyed) to.write(chunk);
      });
      // The other side of a silent connection hears nothing of the end either.
      from.on('close', () => {
        if (isHole()) this.isDead = true;
        if (!this.isDead) to.destroy();
      });
    }
  }

  stall() {
    for (const side of this.#sides) side.pause();
  }

  flow() {
    for (const side of this.#sides) side.resume();
  }

  end() {
    for (const side of this.#sides) side.resetAndDestroy();
  }
}
