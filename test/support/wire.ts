import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A connection to a server that a spec can cut, silence and restore. */
export class Wire {
  private readonly sockets = new Set<Socket>();
  private readonly lost = new WeakSet<Socket>();
  private server: Server;
  private silent = false;

  private constructor(
    private readonly host: string,
    private readonly target: number,
  ) {
    this.server = this.listener();
  }

  static async to(host: string, port: number): Promise<Wire> {
    const wire = new Wire(host, port);
    await wire.listen(0);
    return wire;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Closes all connections and refuses new ones. @returns a function that accepts connections again */
  async cut(): Promise<() => Promise<void>> {
    const { port } = this;
    await this.close();
    return async () => {
      this.server = this.listener();
      await this.listen(port);
    };
  }

  /** Keeps all connections and accepts new ones, but passes on no data. */
  silence(): void {
    this.silent = true;
  }

  /** Passes on data again. All connections are closed, and the data sent meanwhile is lost. */
  speak(): void {
    this.silent = false;
    for (const socket of this.sockets) socket.destroy();
  }

  /** Loses all data of the connections that are open now, without closing them. New connections work. */
  lose(): void {
    for (const socket of this.sockets) this.lost.add(socket);
  }

  async close(): Promise<void> {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await once(this.server, 'close');
  }

  private listener(): Server {
    return createServer((near) => {
      const far = connect(this.target, this.host);
      this.pass(near, far);
      this.pass(far, near);
    });
  }

  private pass(from: Socket, to: Socket): void {
    this.sockets.add(from);
    from.on('data', (data) => {
      if (!this.silent && !this.lost.has(from)) to.write(data);
    });
    from.on('error', () => undefined);
    from.on('close', () => {
      this.sockets.delete(from);
      to.destroy();
    });
  }

  private async listen(port: number): Promise<void> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
  }
}
