import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

/** From left to right: a folder never imports from one to its left. */
const ORDER = ['features', 'registrations', 'identity', 'passwords', 'sessions', 'http', 'core'];
const SOURCE = join('src', 'authentication');
/** Folders whose subfolders are checked one by one. */
const DIVIDED = new Set(['features', 'http', 'core']);
/** How long the imports that were read stay valid: an editor lints while files change. */
const FRESH_MS = 2000;

/** `core/mail` for a file in src/authentication/core/mail/ or a subfolder; null for a file outside of these folders. */
function folderOf(file) {
  const [first, second, ...rest] = relative(resolve(SOURCE), file).split(sep);
  if (!ORDER.includes(first) || second === undefined) return null;
  if (!DIVIDED.has(first)) return first;
  return rest.length === 0 ? null : `${first}/${second}`;
}

function* filesIn(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else if (path.endsWith('.ts')) yield path;
  }
}

let known = { at: 0, imports: new Map() };

/** The folders that each folder imports from. */
function imports() {
  if (Date.now() - known.at < FRESH_MS) return known.imports;
  const found = new Map();
  for (const file of filesIn(resolve(SOURCE))) {
    const from = folderOf(file);
    if (from === null) continue;
    const to = found.get(from) ?? new Set();
    found.set(from, to);
    for (const [, specifier] of readFileSync(file, 'utf8').matchAll(/ from '(\.[^']+)';/g)) {
      const imported = folderOf(resolve(dirname(file), specifier));
      if (imported !== null && imported !== from) to.add(imported);
    }
  }
  known = { at: Date.now(), imports: found };
  return found;
}

function reaches(from, wanted, seen = new Set()) {
  if (from === wanted) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  return [...(imports().get(from) ?? [])].some((next) => reaches(next, wanted, seen));
}

/** Imports point one way, and no two folders import each other. */
export const oneWay = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      left: `'{{from}}' imports '{{to}}'. Imports point one way: ${ORDER.join(' → ')}. Move the shared code to a folder further right.`,
      circle:
        "'{{from}}' and '{{to}}' import each other, directly or through other folders. Move the code that both need.",
    },
  },
  create: (context) => {
    const from = folderOf(context.filename);
    if (from === null) return {};
    const place = (folder) => ORDER.indexOf(folder.split('/')[0]);
    const check = ({ source }) => {
      if (source?.value.startsWith('.') !== true) return;
      const to = folderOf(resolve(dirname(context.filename), source.value));
      if (to === null || to === from) return;
      const isLeft = place(to) < place(from);
      if (!isLeft && !reaches(to, from)) return;
      context.report({ node: source, messageId: isLeft ? 'left' : 'circle', data: { from, to } });
    };
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check };
  },
};
