import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import process from 'node:process';

const running = new Set();
const MOST_SHOWN = 6000;

/**
 * Runs a command to its end, without input and without a terminal.
 * @returns its exit code or signal, and its output
 */
export async function run(command, args, { cwd, env = {}, minutes = 5, started } = {}) {
  const child = start(command, args, { cwd, env });
  const timer = setTimeout(() => kill(child), minutes * 60_000);
  started?.(child);
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const [code, signal] = await once(child, 'close');
  clearTimeout(timer);
  return { code, signal, stdout: stdout(), stderr: stderr() };
}

/** Runs a command that must end with that code. */
export async function must(command, args, { code = 0, ...options } = {}) {
  const result = await run(command, args, options);
  if (result.code === code) return result;
  throw new Error(
    `${command} ${args.join(' ')} ended with ${result.code ?? result.signal}, not ${code}\n${tail(result)}`,
  );
}

export function tail({ stdout, stderr }) {
  const output = `${stdout}\n${stderr}`.trim();
  return output.length > MOST_SHOWN ? `…${output.slice(-MOST_SHOWN)}` : output;
}

/** Starts a process in a group of its own, so that its child processes can be ended with it. */
export function start(command, args, { cwd, env = {} } = {}) {
  const child = spawn(command, args, {
    cwd,
    env: { ...ENVIRONMENT, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  running.add(child);
  child.once('close', () => running.delete(child));
  child.once('error', () => running.delete(child));
  return child;
}

export function kill(child, signal = 'SIGKILL') {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended already.
  }
}

export function killAll() {
  for (const child of running) kill(child);
}

/** Starts a server in a project as its owner does. */
export async function startServer(command, args, { cwd, env, ready, minutes = 2 }) {
  const child = start(command, args, { cwd, env });
  const output = [collect(child.stdout), collect(child.stderr)];
  const shown = () => output.map((text) => text()).join('\n');
  const closed = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  const deadline = Date.now() + minutes * 60_000;
  let ended = false;
  void closed.then(() => (ended = true));
  while (!(await ready(shown()))) {
    if (ended || Date.now() > deadline) {
      kill(child);
      throw new Error(`${command} ${args.join(' ')} did not start\n${shown().slice(-MOST_SHOWN)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    output: shown,
    /** Sends the signal to the process only. @returns how the whole group ended. @throws if it still runs after 20 s */
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        kill(child);
      }, 20_000);
      const end = await closed;
      clearTimeout(timer);
      if (isLate) throw new Error(`${command} ${args.join(' ')} still runs after ${signal}\n${shown()}`);
      return end;
    },
  };
}

export async function freePort() {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Without the variables of our own run, which a user does not have. */
const ENVIRONMENT = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) =>
      !/^(DATABASE_URL|REDIS_URL|TEST_REDIS_URL|SMTP_URL|HTTP_ADAPTER|NODE_ENV|NODE_OPTIONS|PORT|HOST|INIT_CWD|FORCE_COLOR)$/.test(
        name,
      ) &&
      !/^npm_(lifecycle|package|execpath|node_execpath|command|config_(local_prefix|prefix|node_gyp))/.test(
        name,
      ),
  ),
);
Object.assign(ENVIRONMENT, {
  npm_config_prefer_offline: 'true',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
  NO_COLOR: '1',
});

function collect(stream) {
  const chunks = [];
  stream.on('data', (chunk) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}
