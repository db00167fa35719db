import type { HttpResponse } from './http.js';

const RELEASE = Symbol('release');

interface Holding {
  send: (body?: unknown) => unknown;
  /** Only Express has it. */
  json?: (body?: unknown) => unknown;
  [RELEASE]?: () => void;
}

/** What is sent next is this answer, whatever is passed to `send` or `json`. */
export function holdAnswer(response: HttpResponse, answer: unknown): void {
  const held = response as HttpResponse & Holding;
  const { send, json } = held;
  const release = (): void => {
    held.send = send;
    if (json !== undefined) held.json = json;
  };
  held.send = () => {
    release();
    // An answer without a body: `null` would be sent as the text `null`.
    return held.send(answer ?? undefined);
  };
  if (json !== undefined) held.json = held.send;
  held[RELEASE] = release;
}

/** For a failure after the route has returned, in an interceptor of the host: it is the answer. */
export function releaseAnswer(response: unknown): void {
  (response as Holding)[RELEASE]?.();
}
