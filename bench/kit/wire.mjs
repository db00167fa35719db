// A client that costs little: one request at a time on a connection that stays open, and a parser for plain answers.
import { connect } from 'node:net';

/**
 * A request, ready to be sent, and what its answer must look like.
 * @param {{ method?: string, path: string, headers?: Record<string, string>, body?: object, contains?: string }} call
 */
export function message({ method = 'GET', path, headers = {}, body, contains = '' }) {
  const text = body === undefined ? '' : JSON.stringify(body);
  const lines = { host: '127.0.0.1', ...headers };
  if (body !== undefined) {
    lines['content-type'] = 'application/json';
    lines['content-length'] = String(Buffer.byteLength(text));
  }
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
  return { bytes: Buffer.from(`${method} ${path} HTTP/1.1\r\n${head.join('')}\r\n${text}`), contains };
}

/** Longer than the slowest answer of a server that is kept busy. */
const PATIENCE = 120_000;

export class Connection {
  #socket;
  #received = '';
  #waiting = null;

  static async open(port) {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new Connection(socket);
  }

  constructor(socket) {
    this.#socket = socket.setEncoding('latin1');
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.setTimeout(PATIENCE, () => this.#fail(new Error(`no answer for ${PATIENCE / 1000} s`)));
    socket.on('close', () => this.#fail(new Error('the connection was closed')));
  }

  /** @returns the whole answer as text. Rejects for an answer that is not 2xx, or not what was expected. */
  send(wanted) {
    return new Promise((resolve, reject) => {
      this.#waiting = { wanted, resolve, reject };
      this.#socket.write(wanted.bytes);
    });
  }

  close() {
    this.#waiting = null;
    this.#socket.destroy();
  }

  #receive(chunk) {
    this.#received = this.#received === '' ? chunk : this.#received + chunk;
    if (!isWhole(this.#received)) return;
    const { wanted, resolve, reject } = this.#waiting;
    const answer = this.#received;
    this.#received = '';
    this.#waiting = null;
    if (answer.startsWith('HTTP/1.1 20') && answer.includes(wanted.contains)) resolve(answer);
    else reject(new Error(`unexpected answer: ${answer.slice(0, 1000)}`));
  }

  #fail(error) {
    this.#waiting?.reject(error);
    this.#waiting = null;
  }
}

function isWhole(answer) {
  const end = answer.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const [, length] = /\r\ncontent-length: *(\d+)/i.exec(answer) ?? [];
  return length === undefined ? answer.endsWith('\r\n0\r\n\r\n') : answer.length - end - 4 >= Number(length);
}

/** One request on a connection of its own. */
export async function call(port, request) {
  const connection = await Connection.open(port);
  try {
    return await connection.send(message(request));
  } finally {
    connection.close();
  }
}

export const bodyOf = (answer) => JSON.parse(/\{.*\}/s.exec(answer.slice(answer.indexOf('\r\n\r\n')))[0]);

export const headerOf = (answer, name) => new RegExp(`\\r\\n${name}: (.*)\\r\\n`, 'i').exec(answer)?.[1];

/** The cookies that an answer sets, as a request sends them. */
export const cookiesOf = (answer) =>
  [...answer.matchAll(/\r\nset-cookie: ([^;\r]+)/gi)].map(([, cookie]) => cookie).join('; ');
