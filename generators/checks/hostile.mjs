// Odd projects, interruptions, full disks: nothing is damaged, and the message says what is wrong.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { inLanes } from './kit/check.mjs';
import { start } from './kit/processes.mjs';
import { MAIN, ROOT_MODULE, smallProject } from './kit/small-project.mjs';
import { changesBetween, mustBeSame, snapshot, writeTree } from './kit/tree.mjs';

const ADD = ['add', '--skip-install'];
const WITH_FEATURES = [...ADD, '--features', 'all'];
const IS_ROOT = process.getuid?.() === 0;

export default async function hostile(check, workshop) {
  const context = { check, workshop, ...helpers(workshop) };
  const groups = [interruptions, oddFiles, refusals, writeProtection, fullDisk, unsettled, monorepo, careful];
  await inLanes(groups.map((group) => () => group(context)));
}

function helpers(workshop) {
  let count = 0;
  const folder = () => workshop.emptyFolder(join('hostile', String((count += 1))));
  const project = (changes) => {
    const target = folder();
    writeTree(target, smallProject(changes));
    return target;
  };
  /** The command ends with that code and that message, and changes nothing in the folder. */
  const refused = async (target, args, code, message) => {
    const before = snapshot(target);
    const { code: ended, signal, stdout, stderr } = await workshop.tool(args, { cwd: target, minutes: 1 });
    assert.equal(ended ?? signal, code, `${args.join(' ')}\n${stdout}${stderr}`);
    assert.match(`${stdout}${stderr}`, message);
    mustBeSame(before, snapshot(target), 'a refused run changed the project');
  };
  return { folder, project, refused };
}

async function refusals({ check, workshop, folder, project, refused }) {
  const say = (name, target, args, code, message) =>
    check.case(name, () => refused(target(), args, code, message));
  const manifest = (changes) => () => project({ 'package.json': JSON.stringify(changes) });
  const nest = { '@nestjs/core': '^12.0.0', '@nestjs/common': '^12.0.0' };

  await say('no package.json', folder, ADD, 1, /no package\.json/);
  await say('not Nest', manifest({ dependencies: { express: '5' } }), ADD, 1, /not a Nest project/);
  await say(
    'a package.json that is broken',
    () => project({ 'package.json': '{ "name": ' }),
    ADD,
    1,
    /not a JSON object/,
  );
  await say(
    'a package.json that is a list',
    () => project({ 'package.json': '[]' }),
    ADD,
    1,
    /not a JSON object/,
  );
  await say('Nest 10', manifest({ dependencies: { '@nestjs/core': '^10.4.0' } }), ADD, 3, /11 and 12/);
  await say(
    'an old TypeORM',
    manifest({ dependencies: { ...nest, typeorm: '0.3.20' } }),
    ADD,
    3,
    /TypeORM .*Upgrade/s,
  );
  await say('a folder that is not empty', project, ['new', '.', '--yes', '--skip-install'], 3, /not empty/);
  await say(
    'a file at the path of the new folder',
    project,
    ['new', 'package.json', '--yes', '--skip-install'],
    3,
    /not a folder/,
  );
  await say(
    'a route that clashes',
    () => project({ 'src/me.controller.ts': CLASH }),
    ADD,
    3,
    /GET \/me.*--route-prefix/s,
  );
  await say(
    'a file of the owner at the path of ours',
    () => project({ 'src/authentication/core/users/user.entity.ts': 'mine\n' }),
    ADD,
    3,
    /user\.entity\.ts[^]*-mine/,
  );
  await say(
    'a file at the path of our folder',
    () => project({ 'src/authentication': 'mine\n' }),
    ADD,
    1,
    /./,
  );

  for (const [args, message] of [
    [[], /command/],
    [['remove'], /no command/],
    [['add', '--path', '../elsewhere'], /--path/],
    [['add', '--path', '/etc'], /--path/],
    [['add', '--features', 'nonsense'], /nonsense/],
    [['add', '--unknown'], /--unknown/],
    [['add', 'here'], /no argument/],
    [['add', '--adapter', 'koa'], /fastify or express/],
    [['add', '--route-prefix', 'a b'], /--route-prefix/],
    [['new', '--yes'], /folder/],
    [['new'], /folder/],
  ]) {
    await say(`wrong usage: ${args.join(' ')}`, project, args, 2, message);
  }

  await check.case('--route-prefix resolves a clash', async () => {
    const target = project({ 'src/me.controller.ts': CLASH });
    await workshop.mustTool([...ADD, '--route-prefix', 'auth'], { cwd: target });
    assert.match(readFileSync(join(target, 'src/app.module.ts'), 'utf8'), /ROUTE_PREFIX: 'auth'/);
  });
  await check.case('--force shows what it overwrites, and needs --yes', async () => {
    const target = project({ 'src/authentication/core/users/user.entity.ts': 'mine\n' });
    await refused(target, [...ADD, '--force'], 3, /^-mine$[^]*user\.entity\.ts\. To agree, add --yes/m);
    const { stdout } = await workshop.mustTool([...ADD, '--force', '--yes'], { cwd: target });
    assert.match(stdout, /^-mine$[^]*--force overwrites what is yours/m);
    assert.match(
      readFileSync(join(target, 'src/authentication/core/users/user.entity.ts'), 'utf8'),
      /class User/,
    );
  });
}

async function writeProtection({ check, workshop, folder, project }) {
  const asNobody = (args, cwd) =>
    IS_ROOT
      ? spawnSync(
          'setpriv',
          ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, workshop.bin, ...args],
          {
            cwd,
            encoding: 'utf8',
            env: { PATH: process.env.PATH, HOME: '/nonexistent' },
          },
        )
      : spawnSync(process.execPath, [workshop.bin, ...args], { cwd, encoding: 'utf8' });

  for (const [name, args, make] of [
    ['add in a folder that is not writable', ADD, project],
    ['new in a folder that is not writable', ['new', 'app', '--yes', '--skip-install'], folder],
    [
      'add where a subfolder exists in a folder that is not writable',
      ADD,
      () => project({ 'src/authentication/.keep': '' }),
    ],
  ]) {
    await check.case(name, () => {
      const target = make();
      const before = snapshot(target);
      chmodSync(target, 0o555);
      try {
        const { status, stdout, stderr } = asNobody(args, target);
        assert.equal(status, 1, stdout + stderr);
        assert.match(stdout + stderr, /is not writable \(E\w+\)\. Nothing was written/);
        mustBeSame(before, snapshot(target), 'the project changed');
      } finally {
        chmodSync(target, 0o755);
      }
    });
  }
}

async function fullDisk({ check, workshop, folder, project }) {
  const mounted = folder();
  const canMount =
    IS_ROOT && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=200k', 'tmpfs', mounted]).status === 0;
  if (canMount) {
    try {
      for (const [name, args] of [
        ['add on a full disk', ADD],
        ['new on a full disk', ['new', 'app', '--yes', '--skip-install']],
      ]) {
        await check.case(name, async () => {
          if (args === ADD) writeTree(mounted, smallProject());
          const before = snapshot(mounted);
          const { code, stdout, stderr } = await workshop.tool(args, { cwd: mounted });
          assert.equal(code, 1, stdout + stderr);
          assert.match(stdout + stderr, /disk is full\. Nothing was written/);
          mustBeSame(before, snapshot(mounted), 'the files on the disk changed');
        });
      }
    } finally {
      spawnSync('umount', [mounted]);
    }
  } else
    check.leaveOut(
      'a full disk',
      'no file system can be mounted here; a limit on file sizes is used instead',
    );

  await check.case('a file that cannot be written completely', () => {
    const target = project();
    const before = snapshot(target);
    const { status, stdout, stderr } = spawnSync(
      'sh',
      ['-c', `trap '' XFSZ; ulimit -f 4; exec "$0" "$@"`, process.execPath, workshop.bin, ...ADD],
      { cwd: target, encoding: 'utf8' },
    );
    assert.equal(status, 1, stdout + stderr);
    assert.doesNotMatch(stderr, /^\s+at /m, 'the message is a stack trace');
    mustBeSame(before, snapshot(target), 'the project changed');
  });
}

async function interruptions({ check, workshop, folder, project }) {
  const undisturbed = project();
  await workshop.mustTool(WITH_FEATURES, { cwd: undisturbed });
  const whole = snapshot(undisturbed);
  const journal = (target) => join(target, '.authentication-zero');
  const moments = {
    'before anything': () => true,
    'while staging': (target) => existsSync(journal(target)),
    'with the journal written': (target) => existsSync(join(journal(target), 'journal.json')),
    'with the first files in place': (target) => existsSync(join(target, 'src/authentication')),
    'with half of the files in place': (target) => existsSync(join(target, 'src/authentication/sessions')),
    'at the last files': (target) => existsSync(join(target, '.authentication-zero.json')),
  };
  for (const [moment, isReached] of Object.entries(moments)) {
    for (const signal of ['SIGINT', 'SIGKILL']) {
      await check.case(`${signal} ${moment}, in add`, async () => {
        const target = project();
        const before = snapshot(target);
        const end = await disturbed(workshop, WITH_FEATURES, target, signal, () => isReached(target));
        const after = snapshot(target);
        if (end.code === 0) mustBeSame(whole, after, 'a successful run did not write everything');
        else if (signal === 'SIGINT') {
          mustBeSame(before, after, `the interrupted run changed something (${end.output})`);
          assert.ok(end.code === 1 || end.signal === 'SIGINT', `ended with ${end.code ?? end.signal}`);
        }
        const next = await workshop.mustTool(WITH_FEATURES, { cwd: target });
        mustBeSame(whole, snapshot(target), `the next run left something else (${next.stdout})`);
      });
      if (!['before anything', 'while staging'].includes(moment)) continue;
      await check.case(`${signal} ${moment}, in new`, async () => {
        const target = folder();
        const args = ['new', 'app', '--yes', '--skip-install'];
        const isStarted = moment === 'before anything' ? () => true : () => readdirSync(target).length > 0;
        const end = await disturbed(workshop, args, target, signal, isStarted);
        if (end.code !== 0) assert.ok(!existsSync(join(target, 'app')), 'an incomplete project is there');
        if (end.code !== 0 && signal === 'SIGINT') assert.deepEqual(readdirSync(target), []);
        if (end.code !== 0) await workshop.mustTool(args, { cwd: target });
        assert.deepEqual(readdirSync(target), ['app']);
        assert.ok(existsSync(join(target, 'app/.authentication-zero.json')));
      });
    }
  }

  const withNpm = (script) => {
    const bin = folder();
    writeFileSync(join(bin, 'npm'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, 'npm'), 0o755);
    return { PATH: `${bin}:${process.env.PATH}` };
  };
  await check.case('Ctrl-C during the install', async () => {
    const target = project();
    const before = snapshot(target);
    const env = withNpm('echo {} > package-lock.json\nexec sleep 60');
    const end = await disturbed(
      workshop,
      ['add'],
      target,
      'SIGINT',
      () => existsSync(join(target, 'package-lock.json')),
      env,
    );
    assert.equal(end.code, 1, end.output);
    mustBeSame(before, snapshot(target), 'the project changed');
  });
  for (const [command, args] of [
    ['add', ['add']],
    ['new', ['new', 'app', '--yes']],
  ]) {
    await check.case(`an install that fails, in ${command}`, async () => {
      const target = command === 'add' ? project() : folder();
      const before = snapshot(target);
      const { code, stdout, stderr } = await workshop.tool(args, {
        cwd: target,
        env: withNpm('echo {} > package-lock.json\nexit 7'),
      });
      assert.equal(code, 1, stdout + stderr);
      assert.match(stdout + stderr, /npm install .*failed \(exit code 7\)\. Nothing was written/);
      mustBeSame(before, snapshot(target), 'the project changed');
    });
  }
  await check.case('two runs at once', async () => {
    const target = project();
    const env = withNpm('touch installing\nwhile [ ! -f go ]; do sleep 0.1; done');
    const first = workshop.tool(['add'], { cwd: target, env });
    while (!existsSync(join(target, 'installing'))) await new Promise((resolve) => setTimeout(resolve, 20));
    const second = await workshop.tool([...ADD, '--force'], { cwd: target });
    assert.equal(second.code, 3, second.stdout + second.stderr);
    assert.match(second.stderr, /Another run/);
    writeFileSync(join(target, 'go'), '');
    assert.equal((await first).code, 0);
  });
}

/** Runs the command, and sends it a signal at a certain moment. */
async function disturbed(workshop, args, cwd, signal, isReached, env = {}) {
  const child = start(process.execPath, [workshop.bin, ...args], { cwd, env });
  const chunks = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  child.stderr.on('data', (chunk) => chunks.push(chunk));
  const closed = new Promise((resolve) =>
    child.once('close', (code, ended) => resolve({ code, signal: ended })),
  );
  let isOver = false;
  void closed.then(() => (isOver = true));
  while (!isOver && !isReached()) await new Promise((resolve) => setImmediate(resolve));
  child.kill(signal);
  const end = await closed;
  return { ...end, output: Buffer.concat(chunks).toString() };
}

/** Root modules and package files in unusual formats: add inserts text and changes nothing else. */
async function oddFiles({ check, workshop, project }) {
  const crlf = (text) => text.replaceAll('\n', '\r\n');
  const tabs = (text) => text.replace(/^( {2})+/gm, (spaces) => '\t'.repeat(spaces.length / 2));
  const all = (change) =>
    Object.fromEntries(Object.entries(smallProject()).map(([path, text]) => [path, change(text)]));
  const cases = {
    CRLF: all(crlf),
    tabs: all(tabs),
    'a BOM': all((text) => `\uFEFF${text}`),
    'CRLF, tabs and a BOM': all((text) => `\uFEFF${crlf(tabs(text))}`),
    'no line end at the end': all((text) => text.trimEnd()),
    'comments in odd places': { 'src/app.module.ts': COMMENTED },
    'decorators in odd places': { 'src/app.module.ts': DECORATED },
    'double quotes, no semicolons': {
      'src/app.module.ts': ROOT_MODULE.replaceAll("'", '"').replaceAll(';', ''),
    },
    'an empty @Module({})': { 'src/app.module.ts': ROOT_MODULE.replace(/\(\{[^]*\}\)/, '({})') },
    'imports on one line': {
      'src/app.module.ts': ROOT_MODULE.replace('imports: []', 'imports: [Cats, Dogs.register({ on: true })]'),
    },
    'an env example without a line end': { '.env.example': 'PORT=3000\nHOST=0.0.0.0' },
  };
  for (const [name, changes] of Object.entries(cases)) {
    await check.case(name, async () => {
      const target = project(changes);
      const before = contents(target);
      const { stdout } = await workshop.mustTool([...ADD, '--json'], { cwd: target });
      const report = JSON.parse(stdout);
      assert.deepEqual(report.paste, []);
      assert.ok(report.changed.includes('src/app.module.ts'), 'the root module is not edited');
      for (const [path, text] of before) {
        const after = readFileSync(join(target, path), 'utf8');
        if (report.changed.includes(path)) assertInserted(path, text, after);
        else assert.equal(after, text, `${path} changed`);
      }
      const once = snapshot(target);
      const again = await workshop.mustTool(ADD, { cwd: target });
      assert.match(again.stdout, /Nothing to do/);
      assert.doesNotMatch(again.stdout, /Mailed links start with/, 'notes, although nothing was written');
      mustBeSame(once, snapshot(target), 'a second add changed something');
    });
  }
}

function contents(target) {
  return Object.keys(snapshot(target))
    .filter((path) => !path.endsWith('/'))
    .map((path) => [path, readFileSync(join(target, path), 'utf8')]);
}

/**
 * Every old character is still there, in order. Every old line is still there, except the one that contains a list. The
 * new text has the line ends, BOM and indentation of the file.
 */
function assertInserted(path, before, after) {
  const withoutComma = (line) => line.replace(/,?(\r?)$/, '$1');
  const [old, now] = [before.split('\n'), after.split('\n')];
  let next = 0;
  const kept = new Set();
  const split = old.filter((line) => {
    const at = now.findIndex((each, index) => index >= next && withoutComma(each) === withoutComma(line));
    if (at === -1) return true;
    kept.add(at);
    next = at + 1;
    return false;
  });
  assert.ok(split.length <= 1, `${path} lost lines:\n${split.join('\n')}\n---\n${after}`);
  assert.ok(isWithin(before.replace(/\s/g, ''), after), `${path} lost a character:\n${after}`);
  const inserted = now.filter((_, index) => !kept.has(index)).join('\n');
  assert.equal(after.startsWith('\uFEFF'), before.startsWith('\uFEFF'), `${path}: BOM`);
  if (before.includes('\r\n')) assert.doesNotMatch(after, /(^|[^\r])\n/, `${path}: a bare LF among CRLF`);
  else assert.ok(!after.includes('\r'), `${path}: a CR`);
  if (/^\t/m.test(before)) assert.doesNotMatch(inserted, /^ {2}/m, `${path}: spaces among tabs`);
}

/** Whether another text contains the characters of this text, in this order. */
function isWithin(text, other) {
  let at = -1;
  return [...text].every((character) => (at = other.indexOf(character, at + 1)) !== -1);
}

/** Root modules that cannot be edited safely: the lines to paste are reported, and all other files are written. */
async function unsettled({ check, workshop, project }) {
  const module = (options, more = '') =>
    ROOT_MODULE.replace(/@Module\(\{[^]*\}\)/, `${more}@Module(${options})`);
  const cases = {
    'imports as a shorthand': module('{ imports }', 'const imports = [];\n'),
    'imports as a call': module('{ imports: importsOf() }', 'const importsOf = () => [];\n'),
    'imports as a variable': module('{ imports: list }', 'const list = [];\n'),
    '@Module of a variable': module('options', 'const options = { imports: [] };\n'),
    '@Module of a call': module('options()', 'const options = () => ({ imports: [] });\n'),
    'options that are spread': module('{ ...options }', 'const options = { imports: [] };\n'),
    'two modules in a file': `${ROOT_MODULE}\n@Module({})\nexport class Other {}\n`,
    'a module built by a function': `import { Module } from '@nestjs/common';\n\nexport function AppModule() {\n  return { module: class {}, imports: [] };\n}\n`,
  };
  for (const [name, text] of Object.entries(cases)) {
    await check.case(name, async () => {
      const target = project({ 'src/app.module.ts': text });
      const { stdout } = await workshop.mustTool(ADD, { cwd: target });
      assert.match(
        stdout,
        /was not edited, because .*Add these lines:\n[^]*import \{ AuthenticationModule \}[^]*AuthenticationModule\.forRoot\(/,
      );
      assert.equal(readFileSync(join(target, 'src/app.module.ts'), 'utf8'), text);
      assert.ok(
        existsSync(join(target, 'src/authentication/authentication.module.ts')),
        'the other files were not written',
      );
    });
  }
  await check.case('no root module', async () => {
    const target = project({
      'src/app.module.ts': null,
      'src/main.ts': MAIN.replace('AppModule', 'await load()'),
    });
    const report = JSON.parse((await workshop.mustTool([...ADD, '--json'], { cwd: target })).stdout);
    assert.equal(report.paste.length, 1);
  });
}

async function monorepo({ check, workshop, project }) {
  const files = {
    'src/main.ts': null,
    'src/app.module.ts': null,
    'src/cats/cats.controller.ts': null,
    'nest-cli.json': JSON.stringify({
      monorepo: true,
      root: 'apps/web',
      sourceRoot: 'apps/web/src',
      projects: Object.fromEntries(
        ['web', 'api'].map((name) => [
          name,
          { type: 'application', root: `apps/${name}`, entryFile: 'main', sourceRoot: `apps/${name}/src` },
        ]),
      ),
    }),
    ...Object.fromEntries(
      ['web', 'api'].flatMap((name) => [
        [`apps/${name}/src/main.ts`, MAIN],
        [
          `apps/${name}/src/app.module.ts`,
          ROOT_MODULE.replace('[CatsController]', '[]').replace(/import \{ Cats.*\n/, ''),
        ],
        [`apps/${name}/tsconfig.app.json`, '{ "extends": "../../tsconfig.json" }\n'],
      ]),
    ),
  };
  for (const [name, flags, at] of [
    ['a monorepo, another application', ['--project', 'api'], 'apps/api'],
    ['a monorepo, the default application', [], 'apps/web'],
  ]) {
    await check.case(name, async () => {
      const target = project(files);
      const before = snapshot(target);
      await workshop.mustTool([...ADD, ...flags], { cwd: target });
      const outside = changesBetween(before, snapshot(target)).filter(
        (change) =>
          !change.includes(` ${at}/`) &&
          !/ (package\.json|\.env\.example|\.authentication-zero\.json)$/.test(change),
      );
      assert.deepEqual(outside, [], 'something outside of the application changed');
      assert.ok(existsSync(join(target, at, 'src/authentication/authentication.module.ts')));
      assert.match(
        readFileSync(join(target, at, 'src/app.module.ts'), 'utf8'),
        /AuthenticationModule\.forRoot/,
      );
    });
  }
  await check.case('a monorepo, an application that does not exist', async () => {
    const target = project(files);
    const { code, stderr } = await workshop.tool([...ADD, '--project', 'nowhere'], { cwd: target });
    assert.equal(code, 1);
    assert.match(stderr, /web, api/);
  });
}

async function careful({ check, workshop, folder, project, refused }) {
  const git = (target, ...args) =>
    spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
      cwd: target,
      encoding: 'utf8',
    });
  const committed = (changes) => {
    const target = project(changes);
    git(target, 'init', '-q');
    git(target, 'add', '-A');
    git(target, 'commit', '-qm', 'first');
    return target;
  };

  await check.case('uncommitted files, and --force', async () => {
    const target = committed();
    writeFileSync(join(target, 'notes.txt'), 'not committed\n');
    await refused(target, ADD, 3, /not committed \(notes\.txt\)[^]*--force/);
    await workshop.mustTool([...ADD, '--force'], { cwd: target });
  });
  await check.case('a clean git tree', async () => {
    await workshop.mustTool(ADD, { cwd: committed() });
  });
  for (const flag of ['--dry-run', '--diff']) {
    await check.case(`add ${flag} writes nothing`, () =>
      refused(project(), [...ADD, flag], 0, /Nothing was written/),
    );
    await check.case(`new ${flag} writes nothing`, () =>
      refused(folder(), ['new', 'app', '--yes', flag], 0, /Nothing was written/),
    );
  }
  await check.case('the printed diff is the change', async () => {
    const [applied, added] = [committed(), committed()];
    const { stdout } = await workshop.mustTool([...WITH_FEATURES, '--diff'], { cwd: applied });
    writeFileSync(join(workshop.folder, 'printed.diff'), stdout);
    const { status, stderr } = git(
      applied,
      'apply',
      '-p0',
      '--whitespace=nowarn',
      join(workshop.folder, 'printed.diff'),
    );
    assert.equal(status, 0, stderr);
    await workshop.mustTool(WITH_FEATURES, { cwd: added });
    mustBeSame(snapshot(added), snapshot(applied), 'the diff gives another result than add');
  });
  await check.case('--json prints JSON in every case', async () => {
    for (const [target, args, code, result] of [
      [project(), ADD, 0, 'written'],
      [project(), [...ADD, '--dry-run'], 0, 'planned'],
      [project({ 'src/me.controller.ts': CLASH }), ADD, 3, 'conflicts'],
      [project({ 'src/authentication/core/users/user.entity.ts': 'mine\n' }), ADD, 3, 'conflicts'],
      [folder(), ADD, 1, 'failed'],
      [folder(), ['new', 'app', '--skip-install'], 0, 'written'],
    ]) {
      const { stdout } = await workshop.mustTool([...args, '--json'], { cwd: target, code });
      const report = JSON.parse(stdout);
      assert.equal(report.result, result);
      assert.equal(report.exitCode, code);
    }
    assert.ok(Array.isArray(JSON.parse((await workshop.mustTool(['list', '--json'])).stdout)));
  });
  await check.case('a file that the owner changed stays', async () => {
    const target = project();
    await workshop.mustTool(ADD, { cwd: target });
    const file = join(target, 'src/authentication/core/users/user.entity.ts');
    writeFileSync(file, `${readFileSync(file, 'utf8')}// mine\n`);
    const before = snapshot(target);
    const { stdout } = await workshop.mustTool(ADD, { cwd: target });
    assert.match(stdout, /kept +src\/authentication\/core\/users\/user\.entity\.ts/);
    mustBeSame(before, snapshot(target), 'the second run changed something');
  });
  await check.case('our files with CRLF count as unchanged', async () => {
    const target = project();
    await workshop.mustTool(ADD, { cwd: target });
    const file = join(target, 'src/authentication/core/users/user.entity.ts');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('\n', '\r\n'));
    assert.match((await workshop.mustTool(ADD, { cwd: target })).stdout, /Nothing to do/);
  });
  await check.case('a further feature in a second run', async () => {
    const target = project();
    await workshop.mustTool([...ADD, '--features', 'none'], { cwd: target });
    await workshop.mustTool(WITH_FEATURES, { cwd: target });
    const fresh = project();
    await workshop.mustTool(WITH_FEATURES, { cwd: fresh });
    mustBeSame(snapshot(fresh), snapshot(target), 'several runs give another result than one run');
  });
  await check.case('a further feature removes no other', async () => {
    const target = project();
    for (const features of ['notices', 'sudo', 'none'])
      await workshop.mustTool([...ADD, '--features', features], { cwd: target });
    const fresh = project();
    await workshop.mustTool([...ADD, '--features', 'sudo,notices'], { cwd: fresh });
    mustBeSame(snapshot(fresh), snapshot(target), 'several runs give another result than one run');
  });
  await check.case('--path and --protect', async () => {
    const target = project();
    await workshop.mustTool([...ADD, '--path', 'src/modules/auth', '--protect', 'all'], { cwd: target });
    assert.ok(existsSync(join(target, 'src/modules/auth/authentication.module.ts')));
    assert.match(
      readFileSync(join(target, 'src/app.module.ts'), 'utf8'),
      /'\.\/modules\/auth\/authentication\.module\.js'/,
    );
    assert.match(readFileSync(join(target, 'src/app.module.ts'), 'utf8'), /protectAll: true,/);
    assert.match((await workshop.mustTool(ADD, { cwd: target })).stdout, /Nothing to do/);
  });
}

const CLASH =
  "import { Controller, Get } from '@nestjs/common';\n\n@Controller('me')\nexport class MeController {\n  @Get()\n  show() {\n    return 'mine';\n  }\n}\n";

const COMMENTED = `// first, /* not a comment's start
import { Module } from '@nestjs/common'; // @Module({ imports: [] })
/* import { Nothing } from 'nowhere'; */
import { CatsController } from './cats/cats.controller.js' /* here */;

/** @Module({ imports: [] }) */
@Module(
  // the options
  /* of it */ {
    // imports: [Old],
    imports: [
      // nothing, yet
      CatsModule /* the cats */, // and their comment
      DogsModule, // [ the last one ]
      // BirdsModule,
    ] /* so much for imports */,
    controllers: [CatsController], // }
  },
)
export class AppModule {} // the end
`;

const DECORATED = `import { Global, Module } from '@nestjs/common';
import * as nest from '@nestjs/common';

const Named = (name: string) => (target: unknown) => void [name, target];

@Named('@Module({ imports: [] })') @Global() @Module({ providers: [], imports: [CatsModule], exports: [] }) @Named(\`x\`)
export class AppModule {
  @Named('method') run(@Named('parameter') value: string) {
    return value;
  }
}
`;
