// Checks the generator in projects as users have them: npm run generator:check [NAME…]. It uses the Postgres server of
// DATABASE_URL, else the embedded database; then it leaves out what needs a server, and says so.
import process from 'node:process';
import { Check } from './kit/check.mjs';
import { Workshop } from './kit/workshop.mjs';

const NAMES = [
  'identity',
  'speed',
  'feature',
  'hostile',
  'new-matrix',
  'combinations',
  'add',
  'lint',
  'host',
  'deploy',
  'recipes',
];
const LIMIT_MINUTES = 45;

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !NAMES.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`There is no check ${unknown.join(', ')}. The checks are ${NAMES.join(', ')}.\n`);
  process.exit(2);
}

const workshop = await Workshop.open();
const deadline = setTimeout(
  () => stop(`it did not end within ${LIMIT_MINUTES} minutes`),
  LIMIT_MINUTES * 60_000,
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal));

const checks = [];
try {
  await workshop.installTool();
  for (const name of NAMES.filter((each) => wanted.length === 0 || wanted.includes(each))) {
    const check = new Check(name);
    checks.push(check);
    const { default: run } = await import(`./${name}.mjs`);
    await check.run(() => run(check, workshop));
  }
} catch (error) {
  const check = new Check('set-up');
  check.failures.push({ name: 'packing and installing the package', reason: error.message });
  checks.push(check);
}
await end();

async function stop(reason) {
  process.stdout.write(`\nStopped: ${reason}\n`);
  process.exitCode = 1;
  await end();
  process.exit(1);
}

async function end() {
  clearTimeout(deadline);
  await workshop.close();
  const failures = checks.flatMap(({ name, failures }) =>
    failures.map((failure) => ({ check: name, ...failure })),
  );
  for (const { check, name, reason } of failures)
    process.stdout.write(`\n--- ${check}: ${name}\n${reason}\n`);
  if (failures.length > 0) process.exitCode = 1;
}
