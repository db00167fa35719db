import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeTree } from './tree.mjs';

const FENCE = /^```(\w*)$/;
/** The line above a block, and what the block then is. */
const STEPS = [
  { kind: 'create', language: 'ts', line: /(?:^|\. )Create `([^`]+)`:$/ },
  { kind: 'edit', language: 'diff', line: /(?:^|\. )In `([^`]+)`:$/ },
  { kind: 'run', language: 'sh', line: /(?:^|\. )Run:$/ },
];
/** What a command answers, and what a client sends: shown, not done. */
const SHOWN = ['text', 'http', 'json'];

/**
 * The recipes of a document, in its order. A block that no step introduces would be one that nobody runs.
 * @returns `{ title, steps: { kind, path, text, line }[] }` for each heading with blocks
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
      throw new Error(`docs/recipes.md, line ${at + 1}: "${above}" wants a block of ${wanted}`);
    return { kind, path, text, line: at + 1 };
  }
  throw new Error(`docs/recipes.md, line ${at + 1}: the block stands below "${above}", which is no step`);
}

/** The commands of a block, each on a line; a backslash continues one. */
export function commandsOf({ text }) {
  return text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/**
 * Writes what a step says into a project.
 * @param fitted what the project makes of a new file's text, by its path
 * @param suffix of its relative imports: '.js' or ''
 */
export function applyStep(cwd, { kind, path, text }, { fitted, suffix }) {
  const isThere = existsSync(join(cwd, path));
  if (kind === 'create') {
    if (isThere) throw new Error(`${path} is there already`);
    writeTree(cwd, { [path]: `${fitted(path, text)}\n` });
    return;
  }
  if (!isThere) throw new Error(`there is no ${path}`);
  const before = readFileSync(join(cwd, path), 'utf8');
  const own = text.replaceAll(/(from '\.[^']*)\.js'/g, `$1${suffix}'`);
  writeTree(cwd, { [path]: patched(before, own, path) });
}

/** Each hunk's ` ` and `-` lines are found once, one below the other; its ` ` and `+` lines take their place. */
export function patched(text, diff, path) {
  let result = text;
  for (const hunk of diff.split(/^@@.*\n/m).filter((part) => part !== '')) {
    const lines = hunk.replace(/\n$/, '').split('\n');
    const stray = lines.find((line) => !/^([ +-]|$)/.test(line));
    if (stray !== undefined)
      throw new Error(`a line of the diff begins with neither space, + nor -: ${stray}`);
    const [before, after] = ['-', '+'].map((sign) =>
      lines
        .filter((line) => line === '' || line.startsWith(' ') || line.startsWith(sign))
        .map((line) => `${line.slice(1)}\n`)
        .join(''),
    );
    const [start, ...others] = placesOf(result, before);
    if (start === undefined) throw new Error(`${path} does not hold these lines:\n${before}`);
    if (others.length > 0)
      throw new Error(`${path} holds these lines ${others.length + 1} times:\n${before}`);
    if (before === after) throw new Error(`a part of the diff of ${path} changes nothing:\n${before}`);
    result = result.slice(0, start) + after + result.slice(start + before.length);
  }
  return result;
}

/** Where whole lines stand in a text. */
function placesOf(text, lines) {
  const places = [];
  if (lines === '') return places;
  for (let at = text.indexOf(lines); at !== -1; at = text.indexOf(lines, at + 1))
    if (at === 0 || text[at - 1] === '\n') places.push(at);
  return places;
}
