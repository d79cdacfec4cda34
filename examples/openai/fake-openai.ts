import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { countTokens } from 'gpt-tokenizer';
import { StrictQuotas } from '../strict-quotas';

/** What a provider allows per window. */
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
}

const LATENCY_MS = 50;

/** What the format around a single user message costs beyond its text. */
const CHAT_OVERHEAD = 7;

/** A client must never write into a connection that the server is closing. */
const KEEP_ALIVE_MS = 120_000;

/** Serves chat completions on the loopback interface: 429 over a quota, and 503 to every tenth request. */
export async function startFakeOpenAI({ windowMs, ...capacities }: ProviderQuotas): Promise<FakeOpenAI> {
  const quotas = new StrictQuotas(windowMs, { ...capacities });
  const seen = { served: 0, failed: 0, refused: 0 };
  let admitted = 0;

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chat = JSON.parse(await bodyOf(request)) as ChatRequest;
    const inputTokens = chat.messages.reduce((sum, { content }) => sum + countTokens(content), CHAT_OVERHEAD);
    // as the real one does: what a reply may have counts when the request comes in
    if (!quotas.admit({ calls: 1, inputTokens, outputTokens: chat.max_completion_tokens })) {
      seen.refused += 1;
      answer(response, 429, { error: { message: 'Rate limit reached.', type: 'tokens', code: 'rate_limit_exceeded' } });
      return;
    }
    admitted += 1;
    const fails = admitted % 10 === 0;
    seen[fails ? 'failed' : 'served'] += 1;
    await sleep(LATENCY_MS);
    if (fails) answer(response, 503, { error: { message: 'Overloaded.', type: 'server_error', code: null } });
    else answer(response, 200, replyTo(chat, inputTokens));
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

function replyTo({ model, messages }: ChatRequest, inputTokens: number): object {
  const content = `You asked: ${messages[0]?.content ?? ''}`;
  const outputTokens = countTokens(content);
  return {
    ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 0, model },
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens },
  };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
