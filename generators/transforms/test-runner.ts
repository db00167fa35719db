const GLOBALS = ['describe', 'it', 'expect', 'beforeAll', 'beforeEach', 'afterAll', 'afterEach'];

/** Vitest has no globals by default, so a spec imports what it uses. */
export function forVitest(text: string): string {
  const used = GLOBALS.filter((name) => new RegExp(`(?<![.\\w'"])${name}[.(]`).test(text)).sort();
  if (used.length === 0) return text;
  return `import { ${used.join(', ')} } from 'vitest';\n${text}`;
}
