import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseFlags } from '../../generators/options.js';
import { PackageTree } from '../../generators/package-tree.js';
import { planAddition } from '../../generators/plan/addition.js';
import type { Plan } from '../../generators/plan/plan.js';
import { Run } from '../../generators/run.js';
import { detect, unreadPrefix } from '../../generators/project/detect.js';
import type { GlobalPrefix } from '../../generators/project/global-prefix.js';
import { writeFiles } from './host.js';

const tree = new PackageTree(process.cwd());
const HOST = {
  'package.json': JSON.stringify({ name: 'host', dependencies: { '@nestjs/core': '^11.0.0' } }),
  'src/app.module.ts':
    "import { Module } from '@nestjs/common';\n\n@Module({ imports: [] })\nexport class AppModule {}\n",
};
const MARK = `import { SetMetadata } from '@nestjs/common';
export const IS_PUBLIC_KEY = 'isPublic';
export const Public = () => SetMetadata(IS_PUBLIC_KEY, true);
export const Roles = (...roles: string[]) => SetMetadata('roles', roles);
`;
const GUARD = `import { IS_PUBLIC_KEY } from './public.decorator';
export class JwtAuthGuard { canActivate() { return this.reflector.get(IS_PUBLIC_KEY); } }
`;
const AUTH_MODULE = `import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
@Module({ providers: [
  { provide: APP_GUARD, useClass: JwtAuthGuard },
  { provide: APP_GUARD, useClass: ThrottlerGuard },
  { provide: APP_INTERCEPTOR, useFactory: () => new Wrapper() },
] })
export class AuthModule {}
`;

describe('What is around the routes of a project', () => {
  let project: string;

  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), 'around-spec-'));
  });
  afterEach(() => rmSync(project, { recursive: true, force: true }));

  const write = (files: Readonly<Record<string, string>>): void => writeFiles(project, { ...HOST, ...files });
  const plan = (...args: string[]): Plan => planAddition(tree, project, parseFlags(['add', ...args]), {});
  const textOf = (path: string, { files }: Plan): string =>
    files.find((file) => file.path === path)?.after ?? '';
  const rowOf = (fact: string, { facts }: Plan) => facts.find((each) => each.fact === fact);
  const prefixOf = (argument: string, more: Readonly<Record<string, string>> = {}): GlobalPrefix => {
    write({ 'src/main.ts': `${more['top'] ?? ''}\napp.setGlobalPrefix(${argument});\n`, ...more });
    return detect(project).globalPrefix;
  };

  it('adds no row for a plain project', () => {
    write({});
    const { facts, notes, paste } = plan();
    expect(facts.at(-1)?.fact).toBe('guards');
    expect(notes.join('\n')).not.toMatch(/prefix|CSRF|proxies/);
    expect(paste).toEqual([]);
  });

  it.each<[string, Record<string, string>]>([
    ["'api'", {}],
    ['`/api/`', {}],
    ['PREFIX', { top: "const PREFIX = 'api' as const;" }],
    [
      'Api.prefix',
      {
        top: "import { API as Api } from './api.js';",
        'src/api.ts': "export const API = { prefix: 'api' };",
      },
    ],
    [
      'PREFIX',
      {
        top: "import { PREFIX } from './config';",
        'src/config/index.ts': 'export const PREFIX = `${A}i`; const A = `ap`;',
      },
    ],
    ['Paths.Api', { top: "enum Paths { Api = 'api' }" }],
  ])('reads the prefix of setGlobalPrefix(%s)', (argument, more) => {
    expect(prefixOf(argument, more)).toEqual({ value: 'api', unread: null });
  });

  it.each<[string, string, Record<string, string>]>([
    ["config.getOrThrow('app.apiPrefix', { infer: true })", '', {}],
    [
      "config.getOrThrow('app.apiPrefix')",
      'api',
      {
        'src/config/app.config.ts': "export default () => ({ apiPrefix: process.env.API_PREFIX || 'api' });",
      },
    ],
    ["process.env.API_PREFIX ?? 'v9'", 'api', { '.env': 'API_PREFIX="/api"\n' }],
    ["process.env.API_PREFIX ?? 'api'", 'api', {}],
    ["config.get('PREFIX', 'api')", 'api', {}],
    ['prefix', '', { top: "let prefix = 'api';" }],
  ])('asks for that of setGlobalPrefix(%s), and proposes "%s"', (argument, value, more) => {
    expect(prefixOf(argument, more)).toEqual({ value, unread: argument });
    expect(unreadPrefix(project, null)).toEqual({ value, unread: argument });
  });

  it('takes the prefix from the flag, then from an earlier run, and says what it assumed', () => {
    write({ 'src/main.ts': 'app.setGlobalPrefix(config.prefix);\n' });
    const assumed = plan();
    expect(rowOf('global prefix', assumed)).toMatchObject({
      found: 'config.prefix',
      flag: '--global-prefix',
    });
    expect(assumed.notes.join('\n')).toMatch(/taken as none.*APP_URL/);
    const given = plan('--global-prefix', '/api/');
    expect(given.notes.join('\n')).not.toMatch(/taken as/);
    expect(textOf('src/app.module.ts', given)).toContain("{ appUrl: 'http://127.0.0.1:3000/api' }");
    expect(textOf('.env.example', given)).toContain('APP_URL=http://127.0.0.1:3000/api');
    write(Object.fromEntries(given.files.map(({ path, after }) => [path, after])));
    expect(plan().files).toEqual([]);
    expect(plan().notes.join('\n')).not.toMatch(/taken as/);
    expect(new Run(parseFlags(['add']), tree, project, null).earlier()?.globalPrefix).toBe('api');
    expect(plan('--global-prefix', 'none').choices.globalPrefix).toBe('');
  });

  it("marks our routes with the decorator that the project's guard looks for", () => {
    write({
      'src/auth/auth.module.ts': AUTH_MODULE,
      'src/auth/jwt.guard.ts': GUARD,
      'src/auth/public.decorator.ts': MARK,
    });
    const planned = plan();
    const root = textOf('src/app.module.ts', planned);
    expect(root).toContain("import { Public } from './auth/public.decorator';");
    expect(root).toContain('routeDecorators: [Public()],');
    expect(rowOf('global guards', planned)).toMatchObject({
      found: 'JwtAuthGuard',
      then: 'our routes are @Public()',
    });
    expect(rowOf('global limits', planned)).toBeDefined();
    expect(rowOf('interceptors', planned)).toMatchObject({ found: 'of a factory' });
    expect(planned.notes.join('\n')).toMatch(/stay behind JwtAuthGuard.*put your @Public\(\) on it/);
    expect(planned.notes.join('\n')).not.toMatch(/stay open/);
    expect(planned.paste).toEqual([]);
    write(Object.fromEntries(planned.files.map(({ path, after }) => [path, after])));
    expect(plan().files).toEqual([]);
  });

  it('calls a decorator of Reflector.createDecorator with true, and does not import a name twice', () => {
    write({
      'src/auth/open.ts': 'export const Open = Reflector.createDecorator<boolean>();\n',
      'src/auth/guard.ts': 'export class Guard { canActivate() { return this.reflector.get(Open, x); } }\n',
      'src/main.ts': 'app.useGlobalGuards(new Guard(app.get(Reflector)));\n',
      'src/app.module.ts':
        "import { Module } from '@nestjs/common';\nimport { Open } from './auth/open';\n\n@Module({ imports: [] })\nexport class AppModule {}\n",
    });
    const root = textOf('src/app.module.ts', plan());
    expect(root).toContain('routeDecorators: [Open(true)],');
    expect(root.match(/import \{ Open \}/g)).toHaveLength(1);
  });

  it('prints the line to write if there is no such decorator', () => {
    write({
      'src/auth/auth.module.ts': AUTH_MODULE,
      'src/auth/jwt.guard.ts': 'export class JwtAuthGuard { canActivate(context) { return false; } }\n',
      'src/auth/roles.ts': "export const Roles = (...roles) => SetMetadata('roles', roles);\n",
    });
    const { paste, files } = plan();
    expect(textOf('src/app.module.ts', { files } as Plan)).not.toContain('routeDecorators');
    expect(paste).toMatchObject([{ path: 'src/auth/jwt.guard.ts' }]);
    expect(paste[0]?.lines).toContain('if (isAuthenticationRoute(context)) return true;');
    expect(paste[0]?.lines[0]).toContain("from '../authentication/http/routes/route-decorators'");
    write({
      'src/auth/jwt.guard.ts':
        'export class JwtAuthGuard { canActivate(c) { return isAuthenticationRoute(c); } }\n',
    });
    expect(plan().paste).toEqual([]);
  });

  it('shows what else runs on every request, with what to do', () => {
    write({
      'src/main.ts': `import * as cookieParser from 'cookie-parser';
import helmet from 'helmet';
import csurf from 'csurf';
app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
app.useGlobalPipes(new ValidationPipe({ whitelist: true }));
app.useGlobalFilters(new HttpExceptionFilter());
app.useGlobalInterceptors(new TransformInterceptor(), new ClassSerializerInterceptor(app.get(Reflector)));
app.set('trust proxy', 1);
app.setViewEngine('hbs');
const document = SwaggerModule.createDocument(app, config);
`,
    });
    const planned = plan();
    const rows = planned.facts.slice(planned.facts.findIndex(({ fact }) => fact === 'guards') + 1);
    expect(rows.map(({ fact, found }) => [fact, found])).toEqual([
      ['versioning', 'URI, 1'],
      ['interceptors', 'TransformInterceptor, ClassSerializerIn…'],
      ['global pipes', 'ValidationPipe'],
      ['global filters', 'HttpExceptionFilter'],
      ['CSRF', 'csurf'],
      ['helmet', 'yes'],
      ['cookies', 'parsed'],
      ['view engine', 'yes'],
      ['trust proxy', 'yes'],
      ['OpenAPI', 'your own'],
    ]);
    const notes = planned.notes.join('\n');
    expect(notes).toMatch(/TRUSTED_PROXIES/);
    expect(notes).toMatch(/authenticationDocument\(app, config\)/);
    const [, pattern = ''] = /\((\/\^\S+\/)\.test\(req\.path\)/.exec(notes) ?? [];
    const paths = new RegExp(pattern.slice(1, -1));
    expect(['/sign_up', '/sessions/1', '/identity/email'].every((path) => paths.test(path))).toBe(true);
    expect(['/cats', '/sign_upper'].some((path) => paths.test(path))).toBe(false);
  });
});
