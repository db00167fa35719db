import { Agent, request } from 'node:http';

/** A request without an answer for so long hangs. */
const PATIENCE = 40_000;

/** A client of one server. Connections are kept, as real clients keep them. */
export class Client {
  #agent = new Agent({ keepAlive: true });
  #address;

  /** @param address a function: the server may come back on another port */
  constructor(address) {
    this.#address = address;
  }

  /** Never throws: `failure` says why there was no answer. */
  async call(method, path, { body, token, patience = PATIENCE } = {}) {
    const startedAt = performance.now();
    const text = body === undefined ? undefined : JSON.stringify(body);
    const answer = await new Promise((done) => {
      const failed = (failure) => done({ status: 0, type: null, body: undefined, token: null, failure });
      const outgoing = request(
        new URL(path, this.#address()),
        {
          method,
          agent: this.#agent,
          headers: {
            ...(text === undefined
              ? {}
              : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
            ...(token === undefined ? {} : { 'x-session-token': token }),
          },
        },
        (incoming) => {
          const chunks = [];
          incoming.on('data', (chunk) => chunks.push(chunk));
          incoming.on('error', (error) => failed(error.code ?? error.message));
          incoming.on('end', () =>
            done({
              status: incoming.statusCode,
              type: (incoming.headers['content-type'] ?? '').split(';')[0],
              body: parsed(Buffer.concat(chunks).toString()),
              token: incoming.headers['x-session-token'] ?? null,
              failure: null,
            }),
          );
        },
      );
      const timer = setTimeout(() => {
        failed('TIMEOUT');
        outgoing.destroy();
      }, patience);
      outgoing.on('error', (error) => failed(error.code ?? error.message));
      outgoing.on('close', () => clearTimeout(timer));
      outgoing.end(text);
    });
    return { ...answer, startedAt, ms: performance.now() - startedAt };
  }

  close() {
    this.#agent.destroy();
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
