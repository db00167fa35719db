import { posix } from 'node:path';
import type { Choices } from '../../choices.js';
import type { ProjectFacts } from '../../project/detect.js';
import { withModule, type RootModuleEdit } from '../../transforms/root-module.js';
import type { Paste } from '../plan.js';
import { appUrl, DATABASE } from './env-example.js';
import type { Merge, Read } from './merge.js';

/** Adds AuthenticationModule to the root module, or gives the lines to paste. */
export function rootModule(
  read: Read,
  facts: ProjectFacts,
  choices: Choices,
): { merges: Merge[]; paste: Paste[] } {
  const path = facts.rootModule;
  const edit = rootModuleEdit(path ?? posix.join(facts.sourceRoot, 'app.module.ts'), facts, choices);
  const before = path === null ? null : read(path);
  if (path === null || before === null) {
    const found = withModule('', edit);
    const lines = found.kind === 'paste' ? found.lines : [];
    return { merges: [], paste: [{ path: 'your root module', reason: 'it was not found', lines }] };
  }
  const result = withModule(before, edit);
  if (result.kind === 'paste')
    return { merges: [], paste: [{ path, reason: result.reason, lines: result.lines }] };
  return {
    merges: [{ path, text: result.text, put: result.kind === 'edited' ? [edit.marker] : [] }],
    paste: [],
  };
}

function rootModuleEdit(path: string, facts: ProjectFacts, choices: Choices): RootModuleEdit {
  const suffix = choices.module === 'esm' ? '.js' : '';
  const specifierOf = (file: string): string => {
    const relative = posix.relative(posix.dirname(path), file);
    return `${relative.startsWith('.') ? relative : `./${relative}`}${suffix}`;
  };
  const specifier = (file: string): string => specifierOf(posix.join(choices.path, file));
  const variables =
    choices.routePrefix === '' ? 'process.env' : `{ ROUTE_PREFIX: '${choices.routePrefix}', ...process.env }`;
  const fallbacks = choices.globalPrefix === '' ? '' : `, { appUrl: '${appUrl(choices)}' }`;
  const mark = facts.around.publicMark;
  // Linters want the shorter form where both compile.
  const url = facts.needsBrackets ? "process.env['DATABASE_URL']" : 'process.env.DATABASE_URL';
  return {
    imports: [
      { name: 'AuthenticationModule', specifier: specifier('authentication.module') },
      { name: 'authenticationSettings', specifier: specifier('core/settings/authentication.settings') },
      ...(mark === null ? [] : [{ name: mark.name, specifier: specifierOf(mark.path.replace(/\.ts$/, '')) }]),
    ],
    element: [
      'AuthenticationModule.forRoot({',
      `  settings: authenticationSettings(${variables}${fallbacks}),`,
      `  database: { url: ${url} ?? '${DATABASE}' },`,
      ...(mark === null ? [] : [`  routeDecorators: [${mark.call}],`]),
      ...(choices.protect === 'all' ? ['  protectAll: true,'] : []),
      '})',
    ].join('\n'),
    marker: 'AuthenticationModule',
  };
}
