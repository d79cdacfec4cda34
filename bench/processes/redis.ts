import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Redis } from 'ioredis';

/** A Redis to measure against, until stopped. */
export interface RedisServer {
  readonly url: string;
  stop(): void;
}

/** The Redis at `REDIS_URL`, or one of its own on this machine; none, and says so, where there is no `redis-server`. */
export async function startRedis(): Promise<RedisServer | undefined> {
  const given = process.env['REDIS_URL'];
  if (given) return { url: given, stop: () => undefined };
  const port = await freePort();
  const server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', ''], {
    stdio: 'ignore',
  });
  const started = once(server, 'spawn').then(() => true);
  if (!(await Promise.race([started, once(server, 'error').then(() => false)]).catch(() => false))) {
    console.log('without Redis: neither REDIS_URL nor a redis-server on the PATH');
    return undefined;
  }
  const url = `redis://127.0.0.1:${port}`;
  // tries until it answers
  const probe = new Redis(url);
  probe.on('error', () => undefined);
  await probe.ping();
  probe.disconnect();
  return { url, stop: () => void server.kill() };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
