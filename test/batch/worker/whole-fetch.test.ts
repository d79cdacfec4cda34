import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import OpenAI, { APIConnectionError } from 'openai';
import { wholeFetch } from '../../../src/batch/worker/whole-fetch';

const servers: Server[] = [];

async function serve(listener: RequestListener): Promise<{ readonly url: string; readonly sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  const server = createServer(listener).on('connection', (socket) => sockets.add(socket));
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets };
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

const post = (url: string, signal?: AbortSignal) =>
  wholeFetch(url, {
    method: 'post',
    body: 'grüße',
    headers: new Headers({ authorization: 'Bearer k' }),
    ...(signal && { signal }),
  });

it('sends method, headers and body, and brings status, headers and body, by one connection', async () => {
  const { url, sockets } = await serve((request, response) => {
    void text(request).then((body) => {
      response.writeHead(429, { 'retry-after': '7', 'set-cookie': ['a', 'b'] });
      response.end(JSON.stringify([request.method, request.headers.authorization, body]));
    });
  });
  for (let i = 0; i < 2; i += 1) {
    const response = await post(url);
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
    expect(await response.json()).toEqual(['POST', 'Bearer k', 'grüße']);
  }
  expect(sockets.size).toBe(1);
});

it.each([204, 304])('brings an answer without body: %d', async (status) => {
  const { url } = await serve((_, response) => response.writeHead(status).end());
  expect((await wholeFetch(url)).status).toBe(status);
});

it('follows a redirect that keeps the method, and takes a key to no other server', async () => {
  const seen: unknown[] = [];
  const note: RequestListener = (request, response) => {
    void text(request).then((body) => {
      seen.push([request.method, body, request.headers.authorization]);
      response.end();
    });
  };
  const other = await serve(note);
  const first = await serve((request, response) => {
    if (request.url === '/new') note(request, response);
    else response.writeHead(308, { location: request.url === '/away' ? other.url : '/new' }).end();
  });
  await post(`${first.url}/old`);
  await post(`${first.url}/away`);
  expect(seen).toEqual([
    ['POST', 'grüße', 'Bearer k'],
    ['POST', 'grüße', undefined],
  ]);
});

it('ends a circle of redirects', async () => {
  let calls = 0;
  const { url } = await serve((_, response) => {
    calls += 1;
    response.writeHead(307, { location: '/' }).end();
  });
  expect((await wholeFetch(url)).status).toBe(307);
  expect(calls).toBe(6);
});

it('fails if the answer breaks off, if nobody listens, or if the status is none', async () => {
  const { url } = await serve(({ url: path }, response) => {
    if (path === '/odd') response.writeHead(700).end();
    else response.writeHead(200, { 'content-length': '10' }).write('half', () => response.destroy());
  });
  await expect(wholeFetch(url)).rejects.toMatchObject({ code: 'ECONNRESET' });
  await expect(wholeFetch(`${url}/odd`)).rejects.toMatchObject({ name: 'RangeError' });
  const gone = await serve(() => undefined);
  servers.pop()?.close();
  await expect(wholeFetch(gone.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

it.each([false, true])('can be aborted, and gives up the connection; within the body: %s', async (hasBegun) => {
  const controller = new AbortController();
  let closed: Promise<unknown> | undefined;
  const { url } = await serve((request, response) => {
    closed = new Promise((resolve) => request.socket.once('close', resolve));
    if (hasBegun) response.writeHead(200).write('half');
    setImmediate(() => controller.abort());
  });
  await expect(post(url, controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
  await closed;
});

it("lets a client's timeout cover the body", async () => {
  const { url } = await serve((_, response) => response.writeHead(200).write('{'));
  const client = new OpenAI({ baseURL: url, apiKey: 'k', fetch: wholeFetch, maxRetries: 0, timeout: 50 });
  await expect(client.models.list()).rejects.toBeInstanceOf(APIConnectionError);
});
