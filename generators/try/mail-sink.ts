import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A mail server on this machine that keeps what it gets and passes nothing on. */
export class MailSink {
  private readonly mails: string[] = [];
  private readonly server: Server;

  private constructor() {
    this.server = createServer((socket) => converse(socket, (mail) => this.mails.push(mail)));
  }

  static async open(): Promise<MailSink> {
    const sink = new MailSink();
    await new Promise<void>((resolve, reject) => {
      sink.server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return sink;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The first link of the mail to that address; null if no such mail came. */
  linkTo(address: string): string | null {
    const mail = this.mails.find((text) => text.includes(address));
    return /https?:\/\/[^\s"'<>]+/.exec(mail === undefined ? '' : decoded(mail))?.[0] ?? null;
  }

  close(): void {
    this.server.close();
  }
}

/** SMTP (RFC 5321), as far as one sender needs it. */
function converse(socket: Socket, keep: (mail: string) => void): void {
  let waiting = '';
  let mail: string | null = null;
  const answer = (line: string): void => void socket.write(`${line}\r\n`);
  const read = (line: string): void => {
    if (mail !== null && line !== '.') {
      mail += `${line.replace(/^\./, '')}\n`;
    } else if (mail !== null) {
      keep(mail);
      mail = null;
      answer('250 kept');
    } else if (/^DATA\b/i.test(line)) {
      mail = '';
      answer('354 go on');
    } else if (/^QUIT\b/i.test(line)) {
      answer('221 bye');
      socket.end();
    } else answer('250 ok');
  };
  socket.setEncoding('latin1').on('error', () => undefined);
  socket.on('data', (chunk) => {
    const lines = (waiting + String(chunk)).split('\r\n');
    waiting = lines.pop() ?? '';
    lines.forEach(read);
  });
  answer('220 ready');
}

/** Undoes quoted-printable and base64, part by part. */
function decoded(mail: string): string {
  return mail
    .split(/^--.*$/m)
    .map((part) => {
      const [head = '', ...body] = part.trimStart().split('\n\n');
      const text = body.join('\n\n');
      if (/^Content-Transfer-Encoding: base64/im.test(head)) return Buffer.from(text, 'base64').toString();
      const isQuoted = /^Content-Transfer-Encoding: quoted-printable/im.test(head);
      return isQuoted ? unquoted(text) : text;
    })
    .join('\n');
}

function unquoted(text: string): string {
  return text
    .replace(/=\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
