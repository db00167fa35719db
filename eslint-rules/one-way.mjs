import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

/** From left to right: a folder imports those to its right, never one to its left. */
const ORDER = ['features', 'registrations', 'identity', 'passwords', 'sessions', 'http', 'core'];
const SOURCE = join('src', 'authentication');
/** Folders whose own folders count one by one. */
const DIVIDED = new Set(['features', 'http', 'core']);
/** How long what was read of the tree is believed: an editor lints while files change. */
const FRESH_MS = 2000;

/** `core/mail` for a file in src/authentication/core/mail/ or beneath it; null for one that is not in the house. */
function roomOf(file) {
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

let known = { at: 0, arrows: new Map() };

/** Which room imports which. */
function arrows() {
  if (Date.now() - known.at < FRESH_MS) return known.arrows;
  const found = new Map();
  for (const file of filesIn(resolve(SOURCE))) {
    const from = roomOf(file);
    if (from === null) continue;
    const to = found.get(from) ?? new Set();
    found.set(from, to);
    for (const [, specifier] of readFileSync(file, 'utf8').matchAll(/ from '(\.[^']+)';/g)) {
      const room = roomOf(resolve(dirname(file), specifier));
      if (room !== null && room !== from) to.add(room);
    }
  }
  known = { at: Date.now(), arrows: found };
  return found;
}

function reaches(from, wanted, seen = new Set()) {
  if (from === wanted) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  return [...(arrows().get(from) ?? [])].some((next) => reaches(next, wanted, seen));
}

/** Imports point one way through the house, and no two folders import each other. */
export const oneWay = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      left: `'{{from}}' imports '{{to}}'. Imports point one way: ${ORDER.join(' → ')}. Move what is shared to the right.`,
      circle:
        "'{{from}}' and '{{to}}' import each other, by themselves or through other folders. Move what both need.",
    },
  },
  create: (context) => {
    const from = roomOf(context.filename);
    if (from === null) return {};
    const place = (room) => ORDER.indexOf(room.split('/')[0]);
    const check = ({ source }) => {
      if (source?.value.startsWith('.') !== true) return;
      const to = roomOf(resolve(dirname(context.filename), source.value));
      if (to === null || to === from) return;
      const isLeft = place(to) < place(from);
      if (!isLeft && !reaches(to, from)) return;
      context.report({ node: source, messageId: isLeft ? 'left' : 'circle', data: { from, to } });
    };
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check };
  },
};
