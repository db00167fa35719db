// A mail server that can fail at each stage of SMTP (RFC 5321). It speaks the protocol itself: a library would not refuse
// at the greeting, or fall silent in the middle of a command.
import { createServer } from 'node:net';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

/** In the order of a dialogue. `mail` and `rcpt` are the two ends of the envelope; `body` is the answer to the mail. */
export const STAGES = ['greeting', 'ehlo', 'auth', 'mail', 'rcpt', 'data', 'body'];

const USUAL = {
  greeting: '220 mx.test ESMTP',
  ehlo: '250-mx.test\r\n250 AUTH PLAIN',
  auth: '235 2.7.0 welcome',
  mail: '250 2.1.0 ok',
  rcpt: '250 2.1.5 ok',
  data: '354 go on',
  body: '250 2.0.0 queued',
};

export class MailServer {
  /** `{ to, subject, text, token }` of each mail that was taken: answered 250, or dropped after it had arrived */
  received = [];
  /** how often a stage was answered otherwise than usual */
  misbehaved = 0;
  #behaviour = () => undefined;
  #afterAccept = () => undefined;
  #server = null;
  #sockets = new Set();
  #port = 0;

  static async listen(scope) {
    const server = new MailServer();
    await server.open();
    scope.defer(() => server.close());
    return server;
  }

  get url() {
    return `smtp://relay:secret@127.0.0.1:${this.#port}`;
  }

  get isOpen() {
    return this.#server !== null;
  }

  /**
   * @param behaviour `(stage, { to }) =>` undefined for the usual answer, a line to answer instead, `silent` (never
   *   answers), `drop` (ends the connection), or a number of milliseconds to wait first
   */
  behave(behaviour) {
    this.#behaviour = behaviour;
  }

  behaveWell() {
    this.#behaviour = () => undefined;
    // A dialogue that was left without an answer is over.
    for (const socket of this.#sockets) if (socket.isLeftWaiting) socket.destroy();
  }

  /** Called at the moment at which the 250 of a mail has been written. */
  onAccept(call) {
    this.#afterAccept = call;
  }

  async open() {
    this.#server = createServer((socket) => this.#serve(socket));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = this.#server.address().port;
  }

  /** From now on connections are refused. */
  async close() {
    if (this.#server === null) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#server = null;
    await closed;
  }

  to(address) {
    return this.received.filter((mail) => mail.to === address);
  }

  #serve(socket) {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
    const dialogue = { to: null, body: null };
    let buffer = '';
    let work = this.#answer(socket, 'greeting', dialogue);
    socket.on('data', (chunk) => {
      buffer += chunk.toString('latin1');
      for (let end = buffer.indexOf('\r\n'); end >= 0; end = buffer.indexOf('\r\n')) {
        const line = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        work = work.then(() => this.#line(socket, line, dialogue));
      }
    });
  }

  async #line(socket, line, dialogue) {
    if (socket.destroyed) return;
    if (dialogue.body !== null) {
      if (line !== '.') dialogue.body.push(line.replace(/^\./, ''));
      else await this.#mail(socket, dialogue);
      return;
    }
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'EHLO' || verb === 'HELO') await this.#answer(socket, 'ehlo', dialogue);
    else if (verb === 'AUTH') await this.#answer(socket, 'auth', dialogue);
    else if (verb === 'MAIL') await this.#answer(socket, 'mail', dialogue);
    else if (verb === 'RCPT') {
      dialogue.to = /<(.*)>/.exec(line)?.[1] ?? '';
      await this.#answer(socket, 'rcpt', dialogue);
    } else if (verb === 'DATA') {
      if (await this.#answer(socket, 'data', dialogue)) dialogue.body = [];
    } else if (verb === 'QUIT') socket.end('221 2.0.0 bye\r\n');
    else socket.write('250 2.0.0 ok\r\n');
  }

  async #mail(socket, dialogue) {
    const content = parsed(dialogue.body.join('\r\n'));
    const mail = { to: dialogue.to, ...content, token: tokenIn(content) };
    dialogue.body = null;
    const chosen = this.#behaviour('body', dialogue);
    // Dropped after the mail: a real server may deliver it, so the sender cannot know.
    if (chosen === 'drop') this.received.push(mail);
    if (!(await this.#answer(socket, 'body', dialogue, chosen))) return;
    this.received.push(mail);
    this.#afterAccept(mail);
  }

  /** @returns whether the usual answer was given */
  async #answer(socket, stage, dialogue, chosen = this.#behaviour(stage, dialogue)) {
    if (typeof chosen === 'number') await pause(chosen);
    const isUsual = chosen === undefined || typeof chosen === 'number';
    if (!isUsual) this.misbehaved += 1;
    if (chosen === 'silent') socket.isLeftWaiting = true;
    else if (chosen === 'drop') socket.destroy();
    else if (!socket.destroyed) socket.write(`${isUsual ? USUAL[stage] : chosen}\r\n`);
    return isUsual && !socket.destroyed;
  }
}

/** Subject and plain text of a mail of ours. */
function parsed(raw) {
  const [, boundary = ''] = /boundary="([^"]+)"/.exec(raw) ?? [];
  const part =
    raw.split(`\r\n--${boundary}`).find((candidate) => /^Content-Type: text\/plain/im.test(candidate)) ?? raw;
  const body = part.slice(part.indexOf('\r\n\r\n') + 4);
  const text = /^Content-Transfer-Encoding: base64/im.test(part)
    ? Buffer.from(body, 'base64').toString()
    : body
        .replace(/=\r\n/g, '')
        .replace(/=([0-9A-F]{2})/g, (_, code) => String.fromCharCode(parseInt(code, 16)));
  return { subject: /^Subject: (.*)$/im.exec(raw)?.[1]?.trim() ?? '', text };
}

/** The token of the link in a mail. */
function tokenIn({ text }) {
  const link = /https?:\S+token=\S+/.exec(text)?.[0];
  return link === undefined ? null : new URL(link).searchParams.get('token');
}
