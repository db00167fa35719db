import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** as it was received */
  readonly raw: string;
}

/** The answer to a mail: taken, refused with a code, taken but the connection is closed first, or none. */
type Answer = 'taken' | 'dropped' | 'silent' | number;

/** A mail server for specs, which can behave as badly as real ones. */
export class SmtpSink {
  readonly received: ReceivedMail[] = [];
  /** for the next mails, in order; all further ones are taken */
  answers: Answer[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly smtp: SMTPServer;
  private started = 0;

  private constructor() {
    this.smtp = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      logger: false,
      onData: (stream, session, answer) => {
        // A sender that stops in the middle of a mail has sent none.
        this.take(stream, session, answer).catch(() => undefined);
      },
    });
    this.smtp.on('error', () => undefined);
    this.smtp.server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  static async listen(port = 0): Promise<SmtpSink> {
    const sink = new SmtpSink();
    sink.smtp.listen(port, '127.0.0.1');
    await once(sink.smtp.server, 'listening');
    return sink;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.smtp.server.address() as AddressInfo).port}`;
  }

  /** How many mails were sent to this server, whatever it answered. */
  get attempts(): number {
    return this.started;
  }

  to(address: string): ReceivedMail[] {
    return this.received.filter((mail) => mail.to.includes(address));
  }

  async close(): Promise<void> {
    this.smtp.server.close();
    for (const socket of this.sockets) socket.destroy();
    await once(this.smtp.server, 'close');
  }

  private async take(
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    answer: (error?: Error | null) => void,
  ): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part as Buffer);
    this.started += 1;
    const chosen = this.answers.shift() ?? 'taken';
    if (chosen === 'silent') return;
    if (typeof chosen === 'number') {
      answer(Object.assign(new Error('not today'), { responseCode: chosen }));
      return;
    }
    const { mailFrom, rcptTo } = session.envelope;
    this.received.push({
      from: mailFrom === false ? '' : mailFrom.address,
      to: rcptTo.map(({ address }) => address),
      raw: Buffer.concat(parts).toString(),
    });
    if (chosen === 'dropped') for (const socket of this.sockets) socket.destroy();
    else answer();
  }
}

/** The headers of a mail, unfolded, names in lower case. */
export function headersOf({ raw }: ReceivedMail): [name: string, value: string][] {
  const [head = ''] = raw.split('\r\n\r\n', 1);
  return head
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
    .map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    });
}

/** The plain text of a mail. */
export function textOf({ raw }: ReceivedMail): string {
  // Splits at the boundary, not at two dashes: a line of a folded link may begin with them, too.
  const [, boundary = ''] = /boundary="([^"]+)"/.exec(raw) ?? [];
  const part = raw
    .split(`\r\n--${boundary}`)
    .find((candidate) => /^Content-Type: text\/plain/im.test(candidate));
  return (part?.slice(part.indexOf('\r\n\r\n') + 4) ?? '')
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}
