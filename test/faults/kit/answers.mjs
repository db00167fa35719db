// Every answer of a server, judged.

/** Codes of a 503 (HTTP contract): the database or the hash queue; and what readiness answers. */
const CODES_OF_503 = ['unavailable', 'overloaded'];

/**
 * @param wants the statuses that are right; 503 is right too while a fault is on
 * @returns why the answer is wrong, or null
 */
export function wrongOf(answer, { wants, mayFail = true, mayBreak = false }) {
  const { status, type, body, failure } = answer;
  if (failure !== null) return mayBreak && failure !== 'TIMEOUT' ? null : `no answer (${failure})`;
  const isProblem = type === 'application/problem+json' && typeof body?.code === 'string';
  if (status >= 500 && !(status === 503 && isProblem && CODES_OF_503.includes(body.code)))
    return `${status} ${isProblem ? body.code : `that is no problem of ours (${type})`}`;
  if (status >= 400 && !isProblem) return `${status} that is no problem of ours (${type})`;
  if (status < 400 && status !== 204 && (type !== 'application/json' || body === undefined))
    return `${status} without JSON (${type})`;
  if (wants.includes(status)) return null;
  if (status === 503) return mayFail ? null : `503 ${body.code} without a fault`;
  return `${status}${isProblem ? ` ${body.code}` : ''}, wanted ${wants.join(' or ')}`;
}

export const isSuccess = ({ status }) => status >= 200 && status < 300;

/** The answers of one fault, counted. */
export class Answers {
  tries = 0;
  longest = 0;
  outage = null;
  /** reason → how often */
  wrong = new Map();
  /** answers of 503 while nothing was broken: a machine with too much to do */
  busy = 0;
  #healedAt = null;

  get wrongCount() {
    return [...this.wrong.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Judges an answer. `rules` as in `wrongOf`; `name` is the request, for the report. */
  take(name, answer, rules) {
    this.tries += 1;
    if (answer.failure === null) this.longest = Math.max(this.longest, answer.ms);
    const wrong = wrongOf(answer, rules);
    if (wrong !== null) this.blame(`${name}: ${wrong}`);
    else if (answer.status === 503 && rules.isFault === false) this.busy += 1;
    if (this.#healedAt !== null && isSuccess(answer) && answer.startedAt >= this.#healedAt) {
      this.outage = Math.max(this.outage ?? 0, answer.startedAt + answer.ms - this.#healedAt);
      this.#healedAt = null;
    }
    return answer;
  }

  blame(reason) {
    this.wrong.set(reason, (this.wrong.get(reason) ?? 0) + 1);
  }

  /** The fault is over: from now to the next success is the outage. */
  healed() {
    this.#healedAt = performance.now();
  }

  /** A stall of the machine for two seconds is answered 503 here and there. More than that is a fault of ours. */
  get isTooBusy() {
    return this.busy > 2 + this.tries / 50;
  }

  get isStillOut() {
    return this.#healedAt !== null;
  }
}
