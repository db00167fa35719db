// CPU time of one authenticated request (GET /sessions/current), compared with a bare node:http + pg handler that runs
// the same statement. The processes take turns, so that other load affects all of them. The figures are medians.
//
//   npm run build && DATABASE_URL=postgres://… node bench/guard.mjs [rounds] [requests a round]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const ROUNDS = Number(process.argv[2] ?? 9);
const REQUESTS = Number(process.argv[3] ?? 4000);
const CONNECTIONS = 16;
const SIDES = [
  ['bare node:http + pg', 'bare.mjs', []],
  ['guard and controller, Fastify', 'guarded.mjs', ['fastify']],
  ['as shipped, Fastify', '../kit/shipped.mjs', ['fastify']],
];

if (!/^postgres/.test(process.env.DATABASE_URL ?? '')) {
  process.stderr.write(
    'Set DATABASE_URL to a Postgres server: the CPU time of the embedded one would be measured, too.\n',
  );
  process.exit(1);
}

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const sides = [];
for (const [name, file, args] of SIDES) sides.push({ name, samples: [], ...(await start(file, args)) });
const token = await signIn(sides[1].port);
for (const side of sides) await round(side, 6000);
for (let turn = 0; turn < ROUNDS; turn += 1) {
  for (const side of sides) side.samples.push(await round(side, REQUESTS));
}
const floor = median(sides[0].samples);
for (const { name, samples } of sides) {
  const micros = median(samples);
  process.stdout.write(
    `${name.padEnd(32)} ${micros.toFixed(0).padStart(5)} µs  ${(micros / floor).toFixed(2)}\n`,
  );
}
for (const { child } of sides) child.kill('SIGKILL');
agent.destroy();

async function start(file, args) {
  const path = fileURLToPath(new URL(`guard/${file}`, import.meta.url));
  const variables = { ...process.env, NODE_ENV: 'test', THROTTLE_FACTOR: '1000' };
  const child = fork(path, args, { env: variables, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const [{ port }] = await once(child, 'message');
  return { child, port };
}

/** @returns microseconds of CPU for one request */
async function round({ child, port }, requests) {
  const before = await cpu(child);
  let left = requests;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (left-- > 0) await get(port);
    }),
  );
  return ((await cpu(child)) - before) / requests;
}

async function cpu(child) {
  child.send('cpu');
  const [message] = await once(child, 'message');
  return message.cpu;
}

function get(port) {
  const headers = { 'x-session-token': token };
  return call({ port, path: '/sessions/current', headers, agent });
}

function call(options, body) {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', ...options }, (response) => {
      response.resume();
      response.on('end', () =>
        response.statusCode < 300 ? resolve(response) : reject(new Error(`answered ${response.statusCode}`)),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function signIn(port) {
  const password = 'correct horse battery staple';
  const email = `bench.${Date.now()}@example.com`;
  const options = { port, method: 'POST', headers: { 'content-type': 'application/json' } };
  await call(
    { ...options, path: '/sign_up' },
    JSON.stringify({ email, password, password_confirmation: password }),
  );
  const { headers } = await call({ ...options, path: '/sign_in' }, JSON.stringify({ email, password }));
  return headers['x-session-token'];
}

function median(samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
