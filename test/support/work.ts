import type { Response, Test } from 'supertest';
import type { PasswordHashing } from '../../src/authentication/core/passwords/password-hashing.js';
import { startApplication, type TestApplication } from './application.js';
import { Statements } from './statements.js';

/** The part of a request's work that can be compared exactly, and its answer. A time could not be compared. */
export interface Worked {
  readonly status: number;
  /** all but the time */
  readonly headers: readonly string[];
  /** without times */
  readonly text: string;
  readonly statements: readonly string[];
  /** passwords that were hashed or verified */
  readonly hashes: number;
}

/** Hashes quickly, and counts how often. */
class CountedHashing implements PasswordHashing {
  count = 0;

  hash(password: string): Promise<string> {
    this.count += 1;
    return Promise.resolve(`counted:${password}`);
  }

  verify(digest: string, password: string): Promise<boolean> {
    this.count += 1;
    return Promise.resolve(digest === `counted:${password}`);
  }
}

/** An application whose requests are compared: what a client sees of them, and what they cost. */
export class Workplace {
  private constructor(
    readonly app: TestApplication,
    private readonly hashing: CountedHashing,
    private readonly statements: Statements,
  ) {}

  static async open(variables: Record<string, string> = {}): Promise<Workplace> {
    const hashing = new CountedHashing();
    const app = await startApplication({ variables, isDocumented: false, parts: { hasher: hashing } });
    return new Workplace(app, hashing, new Statements(app));
  }

  /** @param sent is replaced where the answer repeats it */
  async of(request: () => Test, sent = ''): Promise<Worked> {
    const answers: Response[] = [];
    const before = this.hashing.count;
    const statements = await this.statements.of(async () => answers.push(await request()));
    const { status, headers, text } = answers[0]!;
    const plain = (value: string): string =>
      (sent === '' ? value : value.split(sent).join('SENT')).replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME');
    return {
      status,
      headers: Object.entries(headers as Record<string, string>)
        .filter(([name]) => !['date', 'etag', 'content-length'].includes(name))
        .map(([name, value]) => `${name}: ${plain(value)}`),
      text: plain(text),
      statements,
      hashes: this.hashing.count - before,
    };
  }
}
