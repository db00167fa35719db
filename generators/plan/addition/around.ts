import { posix } from 'node:path';
import type { Choices } from '../../choices.js';
import type { ProjectFacts } from '../../project/detect.js';
import { routesOf } from '../../project/routes.js';
import type { OwnFile, Paste } from '../plan.js';
import type { Read } from './merge.js';

/** What the owner must know, or write, about what the application does to every request. */
export function aroundNotes(
  { around, globalPrefix }: ProjectFacts,
  choices: Choices,
  own: readonly OwnFile[],
  isPrefixAssumed: boolean,
): string[] {
  const notes: (string | false)[] = [
    isPrefixAssumed &&
      globalPrefix.unread !== null &&
      `The global prefix of your application is known only when it runs (${globalPrefix.unread}). It was taken as ${choices.globalPrefix === '' ? 'none' : `/${choices.globalPrefix}`}. If it is another one, set APP_URL to the address with that prefix: mailed links start with it.`,
    around.csrf !== null &&
      `Your ${around.csrf} refuses our POST routes. They need no CSRF token: sessions are in a header, and our forms check where they come from. Leave them out: app.use((req, res, next) => (${ourPaths(choices, own)}.test(req.path) ? next() : csrf(req, res, next))).`,
    around.trustsProxies &&
      'Your application trusts proxies. Set TRUSTED_PROXIES to their addresses, too: our limits and logs do not use req.ip.',
    around.swagger &&
      'Your OpenAPI document shows our routes. Use authenticationDocument(app, config) of http/openapi/document.js instead of SwaggerModule.createDocument(app, config): it also has our security schemes.',
    around.throttler &&
      'The limits of your ThrottlerGuard hold on our routes, too. If only ours should hold: forRoot({ routeDecorators: [SkipThrottle()] }).',
  ];
  return notes.filter((note) => note !== false);
}

/** For a guard on all routes without a decorator that opens a route. */
export function guardPastes(read: Read, { around }: ProjectFacts, choices: Choices): Paste[] {
  if (around.publicMark !== null) return [];
  return around.guards
    .filter(({ path }) => path === null || read(path)?.includes('isAuthenticationRoute') !== true)
    .map(({ name, path }) => ({
      path: path ?? `Your guard ${name}`,
      reason: `the guard ${path === null ? '' : `${name} `}runs on our routes, too, and has no decorator such as @Public() that opens a route`,
      lines: [
        `import { isAuthenticationRoute } from '${importOf(path, choices)}';`,
        '',
        '// at the beginning of canActivate:',
        'if (isAuthenticationRoute(context)) return true;',
      ],
    }));
}

function importOf(path: string | null, { path: ours, module }: Choices): string {
  const file = posix.join(ours, 'http/routes/route-decorators');
  const relative = posix.relative(posix.dirname(path ?? ours), file);
  return `${relative.startsWith('.') ? relative : `./${relative}`}${module === 'esm' ? '.js' : ''}`;
}

/** A regular expression for the paths of our routes. */
function ourPaths({ globalPrefix, routePrefix }: Choices, own: readonly OwnFile[]): string {
  const firsts =
    routePrefix === ''
      ? own
          .filter(({ path }) => path.endsWith('.controller.ts'))
          .flatMap(({ text }) => routesOf(text))
          .map(({ path }) => path.split('/')[1] ?? '')
      : [routePrefix];
  const paths = [...new Set(firsts)]
    .sort()
    .join('|')
    .replaceAll('/', String.raw`\/`);
  const prefix = globalPrefix === '' ? '' : `${globalPrefix.replaceAll('/', String.raw`\/`)}\\/`;
  return `/^\\/${prefix}(${paths})(\\/|$)/`;
}
