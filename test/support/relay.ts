import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

type Stage = 'greeting' | 'EHLO' | 'HELO' | 'STARTTLS' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'content';

const TAKEN: Record<Stage, string> = {
  greeting: '220 relay.example ESMTP',
  EHLO: '250 relay.example',
  HELO: '250 relay.example',
  STARTTLS: '454 4.7.0 not now',
  AUTH: '235 2.7.0 ok',
  MAIL: '250 2.1.0 ok',
  RCPT: '250 2.1.5 ok',
  DATA: '354 go on',
  content: '250 2.0.0 queued',
};

export interface RelayedMail {
  /** the commands of its connection, as they were sent */
  readonly commands: readonly string[];
  readonly raw: string;
}

/** A mail server whose answer at each stage is written out. A stage without an answer (null) is silent. */
export class Relay {
  /** in place of the usual answers; may change at any time */
  answers: Partial<Record<Stage, string | null>> = {};
  /** all commands, of all connections */
  readonly commands: string[] = [];
  readonly taken: RelayedMail[] = [];
  /** whole mails that were received, whatever was answered */
  received = 0;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer((socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => this.sockets.delete(socket));
      this.converse(socket);
    });
  }

  static async listen(host = '127.0.0.1'): Promise<Relay> {
    const relay = new Relay();
    relay.server.listen(0, host);
    await once(relay.server, 'listening');
    return relay;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  get connections(): number {
    return this.sockets.size;
  }

  to(address: string): RelayedMail[] {
    return this.taken.filter(({ commands }) => commands.includes(`RCPT TO:<${address}>`));
  }

  /** Answers at once where a stage was silent until now. */
  answer(stage: Stage): void {
    this.answers = {};
    for (const socket of this.sockets) this.say(socket, stage);
  }

  async close(): Promise<void> {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await once(this.server, 'close');
  }

  private converse(socket: Socket): void {
    const commands: string[] = [];
    let text = '';
    let isContent = false;
    this.say(socket, 'greeting');
    socket.on('data', (part) => {
      text += part.toString('latin1');
      for (;;) {
        const end = isContent ? '\r\n.\r\n' : '\r\n';
        const at = text.indexOf(end);
        if (at < 0) return;
        const read = text.slice(0, at);
        text = text.slice(at + end.length);
        if (isContent) this.receive(socket, { commands: [...commands], raw: read });
        else commands.push(read);
        isContent = !isContent && this.obey(socket, read);
      }
    });
  }

  private receive(socket: Socket, mail: RelayedMail): void {
    this.received += 1;
    if ((this.answers.content ?? '2').startsWith('2')) this.taken.push(mail);
    this.say(socket, 'content');
  }

  /** @returns whether the content follows */
  private obey(socket: Socket, command: string): boolean {
    this.commands.push(command);
    const verb = command.split(' ', 1)[0] ?? '';
    if (verb === 'QUIT') socket.end('221 2.0.0 bye\r\n');
    else if (!(verb in TAKEN)) socket.write('502 5.5.1 what\r\n');
    else this.say(socket, verb as Stage);
    return verb === 'DATA' && (this.answers.DATA ?? '3').startsWith('3');
  }

  private say(socket: Socket, stage: Stage): void {
    const answer = this.answers[stage];
    if (answer !== null) socket.write(`${answer ?? TAKEN[stage]}\r\n`);
  }
}
