import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConductOrder, retryHeaders } from './strict-provider-conduct';
import { type ApiError, type ChatRequest, completionFor, isApiError, parseChatRequest } from './strict-provider-chat';
import { type Counts, type ProviderQuotas, QuotaBook } from './strict-provider-quotas';

/** A scripted fault: an HTTP status of 400 or more instead of the reply, or the socket cut without a reply. */
type ProviderFailure = { readonly status: number } | 'drop';

export interface StrictProviderOptions {
  /** @default 0, any free port */
  readonly port?: number;
  /** The only key that is served; without it any key is, and none. */
  readonly apiKey?: string;
  /** The only model that exists; without it every model does. */
  readonly model?: string;
  readonly quotas: ProviderQuotas;
  /** How long a request stays open, or what it waits for. @default 50 ms for every request */
  readonly latencyMs?: (promptTokens: number, maxTokens: number) => number | Promise<void>;
  /** The fault for the n-th admitted request (from 1), if any. It has been charged by then, as a real one would be. */
  readonly failure?: (n: number) => ProviderFailure | undefined;
}

/** What a provider saw. Times are milliseconds since the Unix epoch, taken from a monotonic clock. */
export interface ProviderStats {
  /** Requests that were answered with 200. */
  readonly served: number;
  /** Requests that met a scripted fault. */
  readonly failed: number;
  /** Requests whose client went away before the reply. */
  readonly abandoned: number;
  /** Requests answered with 400, 401, 404 or 413. */
  readonly rejected: number;
  /** Requests that its conduct refused, whatever its quotas say. */
  readonly turnedDown: number;
  /** Requests answered with 429, by the quota that refused them. */
  readonly refused: Counts;
  /** The most of each quota that was in use at once. */
  readonly peak: Counts;
  /** Everything that was admitted, in units of each quota. */
  readonly units: Omit<Counts, 'connections'>;
  readonly open: number;
  readonly firstArrivalMs?: number;
  readonly lastArrivalMs?: number;
}

export interface StrictProvider {
  /** The base URL that an OpenAI client takes, ending in `/v1`. */
  readonly url: string;
  stats(): ProviderStats;
  /** How it behaves from here on, besides what its quotas say; also `POST /conduct`. */
  behave(order: ConductOrder): void;
  close(): Promise<void>;
}

const LARGEST_BODY = 16 * 1024 * 1024;

/** Longer than a client's own idle timeout: otherwise the server closes a socket on which a request is on its way. */
const KEEP_ALIVE_MS = 120_000;

/** Starts an OpenAI-compatible provider on the loopback interface that enforces its quotas exactly. */
export async function startStrictProvider(options: StrictProviderOptions): Promise<StrictProvider> {
  const book = new QuotaBook(options.quotas);
  const seen: Seen = { admitted: 0, served: 0, failed: 0, abandoned: 0, rejected: 0, turnedDown: 0 };
  const stats = (): ProviderStats => statsOf(book, seen);

  const reject = (res: ServerResponse, error: ApiError): void => {
    seen.rejected += 1;
    sendError(res, error);
  };

  const serveChat = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const chat = await readChat(req, options);
    if (isApiError(chat)) {
      reject(res, chat);
      return;
    }
    const now = performance.now();
    seen.firstArrival ??= now;
    seen.lastArrival = now;
    const turnedDown = book.conduct.refusalAt(now);
    if (turnedDown !== undefined) {
      seen.turnedDown += 1;
      res.setHeaders(new Headers(turnedDown.headers));
      sendJson(res, turnedDown.status, { error: turnedDown.error });
      return;
    }
    const admission = book.admit(now, chat.promptTokens, chat.maxTokens);
    res.setHeaders(new Headers(book.headers(now)));
    if (admission.admitted) {
      seen.admitted += 1;
      await answer(res, chat, { options, book, seen });
    } else {
      sendRefusal(res, admission.quota, admission.retryAfterMs);
    }
  };

  const behave = (order: ConductOrder): void => book.conduct.follow(order, performance.now());

  const server = createServer((req, res) => {
    const route = `${req.method ?? ''} ${new URL(req.url ?? '/', 'http://provider').pathname}`;
    if (route === 'POST /v1/chat/completions') serveChat(req, res).catch(() => res.destroy());
    else if (route === 'GET /stats') sendJson(res, 200, stats());
    else if (route === 'POST /conduct') {
      json(req).then(
        (order) => {
          behave(order as ConductOrder);
          sendJson(res, 200, {});
        },
        () => res.destroy(),
      );
    } else reject(res, UNKNOWN_ROUTE);
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    stats,
    behave,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** How many calls came to which end. */
interface Seen {
  admitted: number;
  served: number;
  failed: number;
  abandoned: number;
  rejected: number;
  turnedDown: number;
  firstArrival?: number;
  lastArrival?: number;
}

function statsOf(book: QuotaBook, { admitted: _admitted, firstArrival, lastArrival, ...seen }: Seen): ProviderStats {
  return {
    ...seen,
    refused: book.refused(),
    peak: book.peak(),
    units: book.total(),
    open: book.open,
    ...(firstArrival !== undefined && { firstArrivalMs: performance.timeOrigin + firstArrival }),
    ...(lastArrival !== undefined && { lastArrivalMs: performance.timeOrigin + lastArrival }),
  };
}

interface Desk {
  readonly options: StrictProviderOptions;
  readonly book: QuotaBook;
  readonly seen: Seen;
}

/** The connection is free just before the last byte goes out: after it, the client's next request may already be here. */
async function answer(res: ServerResponse, chat: ChatRequest, { options, book, seen }: Desk): Promise<void> {
  const serial = seen.admitted;
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  const latency = options.latencyMs?.(chat.promptTokens, chat.maxTokens) ?? 50;
  await (typeof latency === 'number'
    ? sleep(Math.max(0, latency), undefined, { signal: gone.signal }).catch(() => undefined)
    : Promise.race([latency, once(gone.signal, 'abort')]));
  book.release();
  if (gone.signal.aborted) {
    seen.abandoned += 1;
    return;
  }
  const failure = options.failure?.(serial);
  if (failure === undefined) seen.served += 1;
  else seen.failed += 1;
  if (failure === undefined) sendJson(res, 200, completionFor(chat, serial));
  else if (failure === 'drop') res.destroy();
  else sendError(res, { status: failure.status, type: 'server_error', code: null, message: 'Scripted fault.' });
}

const UNKNOWN_ROUTE = invalid(404, 'No such URL.');
const UNKNOWN_MODEL = invalid(404, 'The model does not exist.', 'model_not_found');
const WRONG_KEY = invalid(401, 'Incorrect API key provided.', 'invalid_api_key');
const TOO_LARGE = invalid(413, 'The body is too large.');

function invalid(status: number, message: string, code: string | null = null): ApiError {
  return { status, type: 'invalid_request_error', code, message };
}

async function readChat(
  req: IncomingMessage,
  { apiKey, model }: StrictProviderOptions,
): Promise<ChatRequest | ApiError> {
  const body = await readBody(req);
  if (apiKey !== undefined && req.headers.authorization !== `Bearer ${apiKey}`) return WRONG_KEY;
  if (body === undefined) return TOO_LARGE;
  const chat = parseChatRequest(body);
  if (isApiError(chat)) return chat;
  return model === undefined || chat.model === model ? chat : UNKNOWN_MODEL;
}

/** The whole body as text, or undefined if it is too large. An oversized body is read to its end all the same: a
 * socket that is cut while the client still writes shows it a broken pipe instead of the answer. */
async function readBody(req: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= LARGEST_BODY) chunks.push(chunk);
  }
  return size <= LARGEST_BODY ? Buffer.concat(chunks).toString('utf8') : undefined;
}

function sendRefusal(res: ServerResponse, quota: string, retryAfterMs: number): void {
  const ms = Math.max(1, Math.ceil(retryAfterMs));
  res.setHeaders(new Headers(retryHeaders(ms)));
  const message = `Rate limit reached: ${quota}. Please try again in ${ms}ms.`;
  sendError(res, { status: 429, type: quota, code: 'rate_limit_exceeded', message });
}

function sendError(res: ServerResponse, { status, type, code, message }: ApiError): void {
  sendJson(res, status, { error: { message, type, param: null, code } });
}

function sendJson(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
