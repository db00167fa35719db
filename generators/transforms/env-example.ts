import { lineEndOf } from './text.js';

export interface Variable {
  name: string;
  fallback: string;
  meaning: string;
}

/** Lines of an env example: commented out, because every variable has a default. */
export function envLines(variables: readonly Variable[]): string[] {
  return variables.flatMap(({ name, fallback, meaning }) => [
    `# ${meaning.replaceAll('`', '')}`,
    `# ${name}=${fallback}`,
  ]);
}

/** Adds the missing variables to the end of an env example, under one heading. */
export function withVariables(text: string, variables: readonly Variable[], heading: string): string {
  const missing = variables.filter(
    ({ name }) => !new RegExp(`^\\s*#?\\s*(?:export\\s+)?${name}\\s*=`, 'm').test(text),
  );
  if (missing.length === 0) return text;
  const end = lineEndOf(text);
  const gap = text === '' ? '' : /\r?\n$/.test(text) ? end : end + end;
  return `${text}${gap}${[`# ${heading}`, ...envLines(missing)].join(end)}${end}`;
}
