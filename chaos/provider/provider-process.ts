/**
 * A strict provider in a process of its own, so that nobody else's work makes its clock late. Prints its URL when it
 * listens; ends with the process that forked it.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConductOrder } from '../../demo/strict-provider-conduct';
import { allowanceOf, WINDOW_MS } from '../cluster/limits';
import { FencedStore } from './fenced-store';
import { type Allowance, type Call, StrictAccount } from './strict-account';

/** Longer than any client keeps a connection that it does not use. */
const KEEP_ALIVE_MS = 120_000;
/** So long that there are calls under way when something happens. */
const USUAL_MS = 600;
const OK = 200;
const NOT_FOUND = 404;
const CONFLICT = 409;

const account = new StrictAccount(allowanceOf(1), WINDOW_MS);
const store = new FencedStore();
let latencyMs = USUAL_MS;

async function call(request: IncomingMessage, response: ServerResponse): Promise<number> {
  const asked = (await json(request)) as Call;
  // read after the body: a call has arrived when all of it has
  const now = performance.now();
  const arrival = account.arrives(now, asked);
  response.setHeaders(new Headers(account.headers(now)));
  if (arrival !== true) {
    response.setHeaders(new Headers(arrival.headers));
    return arrival.status;
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  await sleep(latencyMs, undefined, { signal: gone.signal }).catch(() => undefined);
  account.leaves(performance.now(), asked, !gone.signal.aborted);
  return OK;
}

/** What can be asked of it, each with the status of its answer. */
const routes: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => Promise<number>>> = {
  'POST /calls': call,
  'POST /store': async (request) => (store.write(((await json(request)) as { token: number }).token) ? OK : CONFLICT),
  'POST /allowance': async (request) => {
    account.allowance = (await json(request)) as Allowance;
    return OK;
  },
  'POST /conduct': async (request) => {
    account.conduct.follow((await json(request)) as ConductOrder, performance.now());
    return OK;
  },
  'POST /latency': async (request) => {
    ({ latencyMs = USUAL_MS } = (await json(request)) as { latencyMs?: number });
    return OK;
  },
  'POST /begin': async () => {
    account.begin(performance.now());
    return OK;
  },
  'GET /account': async () => OK,
};

const server = createServer((request, response) => {
  const route = routes[`${request.method ?? ''} ${request.url ?? ''}`];
  const answer = async (): Promise<void> => {
    const status = (await route?.(request, response)) ?? NOT_FOUND;
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify(account.report(performance.now())));
  };
  answer().catch(() => response.destroy());
});
server.keepAliveTimeout = KEEP_ALIVE_MS;

async function main(): Promise<void> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  process.once('disconnect', () => process.exit());
}

void main();
