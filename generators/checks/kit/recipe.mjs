import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeTree } from './tree.mjs';

const FENCE = /^```(\w*)$/;
/** The last line above a block says what the block is. */
const STEPS = [
  { kind: 'create', language: 'ts', line: /(?:^|\. )Create `([^`]+)`:$/ },
  { kind: 'edit', language: 'diff', line: /(?:^|\. )In `([^`]+)`:$/ },
  { kind: 'run', language: 'sh', line: /(?:^|\. )Run:$/ },
];
/** Blocks that only show something, such as the output of a command or a request: they are not applied. */
const SHOWN = ['text', 'http', 'json'];

/**
 * Reads the recipes of a document, in its order.
 * @returns `{ title, steps: { kind, path, text, line }[] }` for each heading with blocks
 * @throws Error for a block without a line that introduces it, because the check would not apply the block
 */
export function recipesOf(document) {
  const recipes = [];
  const lines = document.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    if (lines[at].startsWith('## ')) recipes.push({ title: lines[at].slice(3), steps: [] });
    const language = FENCE.exec(lines[at])?.[1];
    if (language === undefined) continue;
    const end = lines.indexOf('```', at + 1);
    const text = lines.slice(at + 1, end).join('\n');
    if (!SHOWN.includes(language)) recipes.at(-1)?.steps.push(stepAt(lines, at, language, text));
    at = end;
  }
  return recipes.filter(({ steps }) => steps.length > 0);
}

function stepAt(lines, at, language, text) {
  const above = lines
    .slice(0, at)
    .findLast((line) => line !== '')
    .trim();
  for (const { kind, line, language: wanted } of STEPS) {
    const [found, path] = line.exec(above) ?? [];
    if (found === undefined) continue;
    if (language !== wanted)
      throw new Error(`docs/recipes.md, line ${at + 1}: a ${wanted} block must follow "${above}"`);
    return { kind, path, text, line: at + 1 };
  }
  throw new Error(
    `docs/recipes.md, line ${at + 1}: the line above the block must end in "Create \`PATH\`:", "In \`PATH\`:" or "Run:", not "${above}"`,
  );
}

const OF_MAJOR = /\s+# Nest (\d+)$/;

/**
 * The commands of a block: one per line, where a backslash at its end continues the command on the next line. One that
 * ends in `# Nest 11` is for projects of that Nest alone.
 */
export function commandsOf({ text }, major) {
  return text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .filter((line) => Number(OF_MAJOR.exec(line)?.[1] ?? major) === major)
    .map((line) => line.replace(OF_MAJOR, ''));
}

/**
 * Applies a step to a project: creates or changes a file.
 * @param fitted converts the text of a new file for the project: `(path, text) => text`
 * @param suffix the end of the project's relative imports: '.js' or ''
 */
export function applyStep(cwd, { kind, path, text }, { fitted, suffix }) {
  const isThere = existsSync(join(cwd, path));
  if (kind === 'create') {
    if (isThere) throw new Error(`${path} exists already`);
    writeTree(cwd, { [path]: `${fitted(path, text)}\n` });
    return;
  }
  if (!isThere) throw new Error(`${path} does not exist`);
  const before = readFileSync(join(cwd, path), 'utf8');
  const own = text.replaceAll(/(from '\.[^']*)\.js'/g, `$1${suffix}'`);
  writeTree(cwd, { [path]: patched(before, own, path) });
}

/**
 * Applies a diff. The ` ` and `-` lines of each hunk must be in the text exactly once, in this order and without other
 * lines between them. The ` ` and `+` lines replace them.
 */
export function patched(text, diff, path) {
  let result = text;
  for (const hunk of diff.split(/^@@.*\n/m).filter((part) => part !== '')) {
    const lines = hunk.replace(/\n$/, '').split('\n');
    const stray = lines.find((line) => !/^([ +-]|$)/.test(line));
    if (stray !== undefined)
      throw new Error(`a line of the diff begins with none of space, + and -: ${stray}`);
    const [before, after] = ['-', '+'].map((sign) =>
      lines
        .filter((line) => line === '' || line.startsWith(' ') || line.startsWith(sign))
        .map((line) => `${line.slice(1)}\n`)
        .join(''),
    );
    const [start, ...others] = placesOf(result, before);
    if (start === undefined) throw new Error(`${path} does not contain these lines:\n${before}`);
    if (others.length > 0)
      throw new Error(`${path} contains these lines ${others.length + 1} times:\n${before}`);
    if (before === after) throw new Error(`a hunk of the diff of ${path} changes nothing:\n${before}`);
    result = result.slice(0, start) + after + result.slice(start + before.length);
  }
  return result;
}

/** The positions of whole lines in a text. */
function placesOf(text, lines) {
  const places = [];
  if (lines === '') return places;
  for (let at = text.indexOf(lines); at !== -1; at = text.indexOf(lines, at + 1))
    if (at === 0 || text[at - 1] === '\n') places.push(at);
  return places;
}
