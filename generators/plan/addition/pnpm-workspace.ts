import { relative } from 'node:path';
import type { Choices } from '../../choices.js';
import { findUpwards } from '../../project/files.js';
import { PNPM_WORKSPACE, withAllowedBuilds } from '../../transforms/pnpm-workspace.js';
import type { Paste } from '../plan.js';
import type { Merge, Read } from './merge.js';

interface Edits {
  merges: readonly Merge[];
  paste: readonly Paste[];
}

/** With pnpm: says which of our packages may build, without which pnpm 11 fails to install. */
export function pnpmWorkspace(target: string, read: Read, choices: Choices): Edits {
  if (choices.packageManager !== 'pnpm') return { merges: [], paste: [] };
  const before = read(PNPM_WORKSPACE);
  const above = before === null ? findUpwards(target, [PNPM_WORKSPACE]) : null;
  // A file of its own would cut the package off its workspace.
  if (above !== null) return pasted(relative(target, above), 'it is outside of this project', choices);
  const text = withAllowedBuilds(before ?? '', choices);
  if (text === null) return pasted(PNPM_WORKSPACE, 'its allowBuilds is written on one line', choices);
  const put = text === before ? [] : ['allowBuilds'];
  return { merges: [{ path: PNPM_WORKSPACE, text, put }], paste: [] };
}

function pasted(path: string, reason: string, choices: Choices): Edits {
  const lines = (withAllowedBuilds('', choices) ?? '').trimEnd().split('\n').slice(1);
  return { merges: [], paste: [{ path, reason, lines }] };
}
