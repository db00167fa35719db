import { connect } from 'node:net';

const PATIENCE_MS = 5000;

export interface RawAnswer {
  readonly status: number;
  /** names in lower case; without headers of the connection such as Date */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Request {
  headers?: Readonly<Record<string, string>>;
  body?: string | Buffer;
}

/** Sends a request that a client library would correct or refuse to send. */
export function rawRequest(url: string, line: string, { headers = {}, body = '' }: Request = {}) {
  const payload = Buffer.from(body);
  const all: Record<string, string> = {
    Host: new URL(url).host,
    Connection: 'close',
    ...(payload.length > 0 && !('Transfer-Encoding' in headers)
      ? { 'Content-Length': String(payload.length) }
      : {}),
    ...headers,
  };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return rawBytes(url, Buffer.concat([Buffer.from(`${line} HTTP/1.1\r\n${head.join('')}\r\n`), payload]));
}

/** Sends these bytes and reads until the server closes the connection. */
export async function rawBytes(url: string, bytes: Buffer | string): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  await new Promise<void>((resolve, reject) => {
    socket.setTimeout(PATIENCE_MS, () => reject(new Error('no answer')));
    socket.on('data', (chunk) => chunks.push(chunk));
    // A server that refuses a body closes the connection while the client is still sending.
    socket.on('error', () => resolve());
    socket.on('close', () => resolve());
    socket.write(bytes);
  }).finally(() => socket.destroy());
  return parsed(Buffer.concat(chunks).toString());
}

const OF_THE_CONNECTION = new Set(['connection', 'keep-alive', 'date', 'transfer-encoding']);

function parsed(text: string): RawAnswer {
  const answer = text.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '');
  const end = answer.indexOf('\r\n\r\n');
  const [first = '', ...lines] = answer.slice(0, end).split('\r\n');
  const headers = lines
    .map(
      (line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)] as const,
    )
    .filter(([name]) => !OF_THE_CONNECTION.has(name));
  return {
    status: Number(first.split(' ')[1] ?? 0),
    headers: Object.fromEntries(headers.sort(([a], [b]) => a.localeCompare(b))),
    body: answer.slice(end + 4),
  };
}
