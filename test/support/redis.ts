import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import { until } from './until.js';

const HOST = '127.0.0.1';

export interface RedisServer {
  readonly host: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** The Redis of REDIS_URL or of this machine, else one that it starts; null if none can be started. */
export async function openRedis(): Promise<RedisServer | null> {
  const { hostname, port } = new URL(process.env['REDIS_URL'] ?? `redis://${HOST}:6379`);
  const known = { host: hostname, port: Number(port === '' ? 6379 : port), stop: () => Promise.resolve() };
  return (await answers(known.host, known.port)) ? known : startRedis();
}

async function startRedis(): Promise<RedisServer | null> {
  const port = await freePort();
  const child = spawn(
    'redis-server',
    ['--bind', HOST, '--port', String(port), '--save', '', '--appendonly', 'no'],
    {
      stdio: 'ignore',
    },
  );
  const failed = new Promise<'failed'>((resolve) => child.once('error', () => resolve('failed')));
  const started = until(async () => (await answers(HOST, port)) && 'started');
  if ((await Promise.race([failed, started.catch(() => 'failed' as const)])) === 'failed') {
    child.kill();
    return null;
  }
  return { host: HOST, port, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill();
  if (child.exitCode === null) await once(child, 'exit');
}

async function answers(host: string, port: number): Promise<boolean> {
  const redis = new Redis({ host, port, lazyConnect: true, retryStrategy: () => null, connectTimeout: 1000 });
  redis.on('error', () => undefined);
  const answer = await redis.connect().then(
    () => redis.ping(),
    () => null,
  );
  redis.disconnect();
  return answer === 'PONG';
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
