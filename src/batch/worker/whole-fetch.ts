import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { type Socket } from 'node:net';

/** Servers that do not say how long they keep an idle connection end it after 5 s or more. Unit: milliseconds. */
const IDLE_MS = 4_000;
/** As long as `fetch` tries. Unit: milliseconds. */
const CONNECT_MS = 10_000;
const MOST_REDIRECTS = 5;
/** With these, method and body stay the same. */
const REDIRECTS: readonly number[] = [307, 308];
/** A `Response` of one of these takes no body, not even an empty one. */
const BODILESS: readonly number[] = [204, 205, 304];

const KEPT = { keepAlive: true, timeout: IDLE_MS };
const agents = { http: new HttpAgent(KEPT), https: new HttpsAgent(KEPT) };

/**
 * A `fetch` for clients of APIs, by `node:http`. It fulfils with the whole answer: a client's timeout covers the body too.
 * Nothing but that timeout ends the wait for an answer, where Node's `fetch` gives up if none has begun within five
 * minutes. It follows redirects that keep the method, and takes half of the processor time.
 */
export async function wholeFetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  let url = new URL(input instanceof Request ? input.url : input);
  const headers = new Headers(init.headers);
  headers.set('accept-encoding', 'identity');
  for (let redirects = 0; ; redirects += 1) {
    const response = await send(url, headers, init);
    const location = REDIRECTS.includes(response.status) ? response.headers.get('location') : null;
    if (location === null || redirects === MOST_REDIRECTS) return response;
    const next = new URL(location, url);
    // a key is for the server that it was given for
    if (next.origin !== url.origin) headers.delete('authorization');
    url = next;
  }
}

function send(url: URL, headers: Headers, { method = 'GET', body, signal }: RequestInit): Promise<Response> {
  const isSecure = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject((signal?.aborted === true ? signal.reason : error) as Error);
    const request = (isSecure ? requestHttps : requestHttp)(url, {
      method: method.toUpperCase(),
      headers: Object.fromEntries(headers),
      agent: isSecure ? agents.https : agents.http,
      ...(signal && { signal }),
    });
    request.on('error', fail);
    request.once('socket', (socket) => limitConnecting(request, socket, isSecure ? 'secureConnect' : 'connect'));
    request.once('response', (answer) => void readWhole(answer).then(resolve, fail));
    request.end(body);
  });
}

function limitConnecting(request: ClientRequest, socket: Socket, connected: string): void {
  if (!socket.connecting) return;
  const timer = setTimeout(() => {
    const error = new Error(`no connection within ${CONNECT_MS / 1000} s`);
    // the code that `fetch` has for it
    request.destroy(Object.assign(error, { code: 'UND_ERR_CONNECT_TIMEOUT' }));
  }, CONNECT_MS);
  const stop = (): void => clearTimeout(timer);
  socket.once(connected, stop).once('close', stop);
}

/** @throws {RangeError} if the status is none that a `Response` can have */
async function readWhole(answer: IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const { statusCode: status = 0, headers } = answer;
  const body = BODILESS.includes(status) ? null : Buffer.concat(chunks);
  return new Response(body, { status, headers: headers as Record<string, string> });
}
