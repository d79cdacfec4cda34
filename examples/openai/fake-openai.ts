import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { countTokens } from 'gpt-tokenizer';
import { StrictQuotas } from '../strict-quotas';

/** What the provider allows per window. */
export interface ProviderQuotas {
  readonly windowMs: number;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** What the provider saw. */
export interface Seen {
  served: number;
  failed: number;
  refused: number;
  /** The most calls that were open at once. */
  mostOpen: number;
}

interface FakeOpenAI {
  /** For the client's `baseURL`. */
  readonly url: string;
  readonly seen: Readonly<Seen>;
  close(): Promise<void>;
}

interface ChatRequest {
  readonly model: string;
  readonly max_completion_tokens: number;
  readonly messages: readonly { readonly content: string }[];
  readonly stream?: boolean;
}

const LATENCY_MS = 50;
const CHUNK_MS = 10;

/** What a single user message costs beyond its text. */
const CHAT_OVERHEAD = 7;

/** A client must never write into a connection that the server is closing. */
const KEEP_ALIVE_MS = 120_000;

/** Serves chat completions on the loopback interface: 429 over a quota, and 503 to every tenth request. */
export async function startFakeOpenAI({ windowMs, ...capacities }: ProviderQuotas): Promise<FakeOpenAI> {
  const quotas = new StrictQuotas(windowMs, { ...capacities });
  const seen = { served: 0, failed: 0, refused: 0, mostOpen: 0 };
  let admitted = 0;
  let open = 0;

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chat = JSON.parse(await bodyOf(request)) as ChatRequest;
    const inputTokens = chat.messages.reduce((sum, { content }) => sum + countTokens(content), CHAT_OVERHEAD);
    // like OpenAI: the most that a reply may have counts when the request arrives
    if (!quotas.admit({ calls: 1, inputTokens, outputTokens: chat.max_completion_tokens })) {
      seen.refused += 1;
      answer(response, 429, { error: { message: 'Rate limit reached.', type: 'tokens', code: 'rate_limit_exceeded' } });
      return;
    }
    admitted += 1;
    const fails = admitted % 10 === 0;
    seen[fails ? 'failed' : 'served'] += 1;
    open += 1;
    seen.mostOpen = Math.max(seen.mostOpen, open);
    await sleep(LATENCY_MS);
    if (fails) answer(response, 503, { error: { message: 'Overloaded.', type: 'server_error', code: null } });
    else if (chat.stream === true) await stream(response, chunksOf(chat, inputTokens));
    else answer(response, 200, replyTo(chat, inputTokens));
    open -= 1;
  };

  const server = createServer((request, response) => void serve(request, response));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/v1`,
    seen,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request as AsyncIterable<Buffer>) body += chunk.toString('utf8');
  return body;
}

function replyTo({ model, messages }: ChatRequest, inputTokens: number) {
  const content = `You asked: ${messages[0]?.content ?? ''}`;
  const outputTokens = countTokens(content);
  return {
    ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 0, model },
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens },
  };
}

/** The same reply, word by word. Only the last chunk has the usage. */
function chunksOf(chat: ChatRequest, inputTokens: number): object[] {
  const { choices, usage, ...head } = replyTo(chat, inputTokens);
  const words = (choices[0]?.message.content ?? '').split(/(?<= )/);
  const chunk = { ...head, object: 'chat.completion.chunk' };
  return [
    ...words.map((content) => ({ ...chunk, choices: [{ index: 0, delta: { content }, finish_reason: null }] })),
    { ...chunk, choices: [], usage },
  ];
}

async function stream(response: ServerResponse, chunks: readonly object[]): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const chunk of chunks) {
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    await sleep(CHUNK_MS);
  }
  response.end('data: [DONE]\n\n');
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
