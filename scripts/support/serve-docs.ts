import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';

/**
 * Serves a built site to this machine only.
 *
 * @param folder Where `npm run docs` put it.
 * @param port 0 takes a free one.
 */
export async function serveDocs(folder: string, port: number): Promise<{ url: string; close: () => void }> {
  const app = new Hono().use(serveStatic({ root: folder }));
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => void server.close() };
}
