import { readFileSync } from 'node:fs';
import type { TestApplication } from '../support/application.js';
import { startHost } from '../support/host.js';

// Runs docs/coming-from.md: each table is a story, and each of its rows is a request with its answer.

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

interface Row {
  /** the name of the call in the other system */
  there: string;
  method: Method;
  path: string;
  headers: readonly (readonly [name: string, value: string])[];
  body: string | null;
  status: number;
  /** fields of the answer, or the code of a problem; each with the placeholder for its value in later rows, or '' */
  told: readonly (readonly [name: string, placeholder: string])[];
}

interface Story {
  title: string;
  variables: Record<string, string>;
  rows: readonly Row[];
}

const HEADING = /^\| There +\| Here +\| With +\| Answer +\| What differs, and why +\|$/;

function storiesOf(text: string): Story[] {
  return text
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [title = '', ...lines] = section.split('\n');
      const start = lines.findIndex((line) => HEADING.test(line));
      if (start < 0) throw new Error(`${title}: no table`);
      const settings = lines.slice(0, start).flatMap((line) => quoted(line));
      return {
        title,
        variables: Object.fromEntries(
          settings.filter((part) => /^[A-Z_]+=/.test(part)).map((part) => part.split('=', 2)),
        ) as Record<string, string>,
        rows: lines
          .slice(start + 2)
          .filter((line) => line !== '')
          .map(rowOf),
      };
    });
}

function rowOf(line: string): Row {
  const [, there = '', here = '', sent = '', answer = ''] = line.split('|').map((cell) => cell.trim());
  const [, method, path] = /^`([A-Z]+) (\/\S*)`$/.exec(here) ?? [];
  const [status = ''] = /^\d{3}(?= |$)/.exec(answer) ?? [];
  if (method === undefined || path === undefined || status === '') throw new Error(`no request: ${line}`);
  const parts = quoted(sent);
  return {
    there,
    method: method.toLowerCase() as Method,
    path,
    headers: parts.filter((part) => !part.startsWith('{')).map((part) => pair(part)),
    body: parts.find((part) => part.startsWith('{')) ?? null,
    status: Number(status),
    told: quoted(answer).map((part) => pair(part)),
  };
}

function quoted(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, part]) => part!);
}

function pair(text: string): readonly [string, string] {
  const [, name = text, value = ''] = /^([\w.-]+): (.+)$/.exec(text) ?? [];
  return [name, value];
}

/** Values from answers, by their placeholders. */
class Known {
  private readonly values = new Map<string, unknown>();
  private readonly placeholders: ReadonlySet<string>;
  private address = '';

  constructor(
    private readonly app: TestApplication,
    rows: readonly Row[],
  ) {
    this.placeholders = new Set(['MAILED', ...rows.flatMap(({ told }) => told.map(([, name]) => name))]);
  }

  learn(placeholder: string, value: unknown): void {
    this.values.set(placeholder, value);
  }

  /** Remembers the last address that a row named, and reads its mail where a row needs the mailed token. */
  async read({ body, path }: Row): Promise<void> {
    this.address = /[\w.]+@[\w.]+/.exec(`${body ?? ''} ${path}`)?.[0] ?? this.address;
    if (!`${body ?? ''} ${path}`.includes('MAILED')) return;
    const mails = await this.app.mailbox.to(this.address);
    const links = mails.map(({ text }) => new URL(/https?:\/\/\S+/.exec(text)?.[0] ?? 'http://none'));
    const link = links.find(({ pathname }) => pathname === path.replace(/\?.*/, ''));
    this.learn('MAILED', link?.searchParams.get('token'));
  }

  inText(text: string): string {
    return this.replaced(text, String);
  }

  inJson(text: string): object {
    return JSON.parse(this.replaced(text, (value) => JSON.stringify(value))) as object;
  }

  private replaced(text: string, write: (value: unknown) => string): string {
    return text.replace(/\b[A-Z][A-Z_]+\b/g, (name) => {
      if (!this.placeholders.has(name)) return name;
      const value = this.values.get(name);
      if (value === undefined) throw new Error(`no answer gave ${name}`);
      return write(value);
    });
  }
}

/** The value at a path such as `token.token`; undefined if there is no such field. */
function fieldOf(answer: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], answer);
}

const stories = storiesOf(readFileSync('docs/coming-from.md', 'utf8'));

describe('docs/coming-from.md', () => {
  it('describes five systems', () => {
    expect(stories).toHaveLength(5);
    for (const { rows } of stories) expect(rows.length).toBeGreaterThan(10);
  });
});

for (const { title, variables, rows } of stories) {
  describe(`coming from ${title}`, () => {
    let app: TestApplication;
    let known: Known;

    beforeAll(async () => {
      app = await startHost({ variables });
      known = new Known(app, rows);
    });
    afterAll(() => app.close());

    for (const row of rows) {
      it(`${row.there}: ${row.method.toUpperCase()} ${row.path} is answered ${row.status}`, async () => {
        await known.read(row);
        const asked = app.anonymous[row.method](known.inText(row.path));
        for (const [name, value] of row.headers) asked.set(name, known.inText(value));
        const { status, headers, body } =
          row.body === null ? await asked : await asked.send(known.inJson(row.body));
        expect({ status, body: body as object }).toMatchObject({ status: row.status });
        if (status >= 400) {
          for (const [code] of row.told) expect(body).toMatchObject({ code });
          return;
        }
        const told = { ...(Array.isArray(body) ? body[0] : body) } as Record<string, unknown>;
        for (const [name, placeholder] of row.told) {
          const value = [fieldOf(told, name), (headers as Record<string, string>)[name.toLowerCase()]].find(
            (found) => found !== undefined,
          );
          if (value === undefined) throw new Error(`the answer has no ${name}: ${JSON.stringify(told)}`);
          if (placeholder !== '') known.learn(placeholder, value);
        }
      });
    }
  });
}
