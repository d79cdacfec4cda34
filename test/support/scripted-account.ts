import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

/** A status, and the code and type that come with it. */
export type Answer = readonly [status: number, code?: string];

/** An account at a provider that answers as it was told to. */
export interface ScriptedAccount {
  readonly url: string;
  /** When it was called. Unit: milliseconds. */
  readonly calls: readonly number[];
  close(): Promise<void>;
}

const [SERVED_MS, OTHERWISE_MS] = [100, 5] as const;

/** Answers each call with what `answer` says: after 100 ms if it serves it, else after 5 ms. */
export async function scriptedAccount(answer: () => Answer): Promise<ScriptedAccount> {
  const calls: number[] = [];
  const server = createServer((request, response) => {
    calls.push(performance.now());
    const [status, code = null] = answer();
    const isServed = status === 200;
    const reply = { choices: [{ message: { content: 'ok' } }], usage: { prompt_tokens: 5, completion_tokens: 1 } };
    const error = { error: { message: `scripted ${status}`, type: code, code } };
    request.resume().on('end', () => {
      response.writeHead(status, { 'content-type': 'application/json' });
      setTimeout(() => response.end(JSON.stringify(isServed ? reply : error)), isServed ? SERVED_MS : OTHERWISE_MS);
    });
  });
  return { url: await listen(server), calls, close: () => close(server) };
}

/** An account at an address where nobody listens. */
async function refusingAccount(): Promise<ScriptedAccount> {
  const server = createServer();
  const url = await listen(server);
  await close(server);
  return { url, calls: [], close: () => Promise.resolve() };
}

/** How an account may fail to serve, by what it is called. */
export const UNSERVED: Readonly<Record<string, () => Promise<ScriptedAccount>>> = {
  unauthorized: () => scriptedAccount(() => [401, 'invalid_api_key']),
  forbidden: () => scriptedAccount(() => [403]),
  insufficient_quota: () => scriptedAccount(() => [429, 'insufficient_quota']),
  server_error: () => scriptedAccount(() => [500]),
  unreachable: refusingAccount,
};

async function listen(server: Server): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
