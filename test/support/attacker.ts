import type { Response, Test } from 'supertest';
import { PASSWORD, SIGN_UP_FIELDS, type SignedIn, type TestApplication } from './application.js';
import type { Field, Route } from './routes.js';

/** Part of every secret that is sent. No answer and no line of the log may hold it. */
export const MARKER = 'zq7secretmarker';
const NEW_PASSWORD = 'four other words, quite new';

/** CPU time that a request may take more than usual, in milliseconds. What is looked for takes two to ten times as long. */
const TOLERANCE_MS = 60;
/**
 * The CPU time of a request varies, with garbage collection and other work of the process. So a request that took long is
 * sent again, up to so many times, and the least counts.
 */
const MEASURED = 10;

export const isSecret = ({ name }: Field): boolean => /password|token|code|secret|key/.test(name);

/** Sends requests that should be refused, and remembers what went wrong. */
export class Attacker {
  readonly faults: string[] = [];
  private limitMs = Infinity;
  private person: SignedIn | undefined;

  constructor(private readonly app: TestApplication) {}

  /** Measures what a request of the same size costs that is refused at once. CPU time does not depend on other processes. */
  async calibrate(): Promise<void> {
    const body = { email: 'x'.repeat(30_000), password: 'x'.repeat(30_000) };
    const costs: number[] = [];
    for (let times = 0; times < 10; times += 1) {
      const before = process.cpuUsage();
      await this.app.anonymous.post('/sign_in').send(body).expect(422);
      costs.push(millisecondsSince(before));
    }
    this.limitMs = 10 * Math.min(...costs) + TOLERANCE_MS;
  }

  /** The token of somebody who is signed in. */
  async token(): Promise<string> {
    return (this.person ??= await this.app.person()).token;
  }

  /** @param make makes the request anew, since it is sent again when it took long */
  async attack(route: Route, what: string, make: (token: string) => Test): Promise<void> {
    const costs: number[] = [];
    while (costs.length < MEASURED) {
      const test = make(await this.token());
      const before = process.cpuUsage();
      const answer = await test.then(
        (response: Response) => response,
        (error: unknown) => String(error),
      );
      costs.push(millisecondsSince(before));
      const fault = faultOf(answer);
      if (fault !== null) this.faults.push(`${route.name}, ${what}: ${fault}`);
      if (hasEnded(answer, route)) this.person = undefined;
      if (fault !== null || Math.min(...costs) <= this.limitMs) return;
    }
    const least = Math.round(Math.min(...costs));
    this.faults.push(`${route.name}, ${what}: ${least} ms of CPU, above ${Math.round(this.limitMs)}`);
  }

  /** A value that the field may accept. */
  plausible({ name, schema: { example, type, format } }: Field): unknown {
    const known: Record<string, unknown> = {
      ...SIGN_UP_FIELDS,
      email: this.app.newEmail(),
      password: NEW_PASSWORD,
      password_confirmation: NEW_PASSWORD,
      current_password: PASSWORD,
    };
    if (name in known) return known[name];
    if (example !== undefined) return example;
    if (type === 'boolean') return false;
    if (type === 'integer' || type === 'number') return 1;
    return format === 'date-time' ? '2100-01-01T00:00:00Z' : 'something';
  }

  /** A body of this route, as JSON, with one value replaced. */
  bodyOf(route: Route, replaced: string, json: string): string {
    const fields = route.body.filter(({ name }) => name !== replaced);
    const others = fields.map(
      (field) => `${JSON.stringify(field.name)}:${JSON.stringify(this.plausible(field))}`,
    );
    return `{${[...others, `${JSON.stringify(replaced)}:${json}`].join(',')}}`;
  }
}

function millisecondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function faultOf(answer: Response | string): string | null {
  if (typeof answer === 'string') return answer.slice(0, 300);
  if (answer.status >= 500) return `${answer.status} ${answer.text.slice(0, 200)}`;
  const isEchoed = `${answer.text}${JSON.stringify(answer.headers)}`.includes(MARKER);
  return isEchoed ? `${answer.status}, and the answer repeats a secret` : null;
}

/** An earlier request may have ended the session, such as a DELETE. */
function hasEnded(answer: Response | string, { caller }: Route): boolean {
  return typeof answer !== 'string' && answer.status === 401 && caller !== 'nobody' && caller !== 'other';
}
