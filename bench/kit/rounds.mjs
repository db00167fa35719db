import process from 'node:process';
import { summary } from './statistics.mjs';

/**
 * Visits each contestant once in every round. Every round begins with another one, and every second one goes backwards,
 * so that nobody always comes after the same one.
 * @returns for each contestant its samples, and what they come to
 */
export async function rounds({ title, running, count, visit }) {
  const rows = running.map(({ contestant }) => ({ contestant, samples: [] }));
  for (let round = 0; round < count; round += 1) {
    for (let turn = 0; turn < running.length; turn += 1) {
      const step = round % 2 === 0 ? turn : running.length - 1 - turn;
      const at = (round + step) % running.length;
      const { name } = running[at].contestant;
      progress(`${title}: round ${round + 1} of ${count}, ${name}`);
      rows[at].samples.push(await named(name, () => visit(running[at])));
    }
  }
  progress('');
  return rows.map(({ contestant: { name, label }, samples }) => ({
    name,
    label,
    ...summary(samples),
    samples,
  }));
}

async function named(name, work) {
  try {
    return await work();
  } catch (error) {
    throw new Error(`${name}: ${error.message}`, { cause: error });
  }
}

let shown = 0;

/** One line on a terminal that is written over; elsewhere a line every ten seconds. An empty text ends it. */
export function progress(text) {
  if (process.stderr.isTTY) {
    process.stderr.write(`\r\x1b[K${text}`);
  } else if (text !== '' && performance.now() - shown > 10_000) {
    shown = performance.now();
    process.stderr.write(`${text}\n`);
  }
}
