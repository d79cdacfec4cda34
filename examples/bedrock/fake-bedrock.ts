import { once } from 'node:events';
import { createServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { StrictQuotas } from '../strict-quotas';

/** What Bedrock allows each pair of account and region. */
export interface ProviderQuotas {
  readonly windowMs: number;
  readonly calls: number;
  readonly tokens: number;
}

export interface FakeBedrock {
  readonly url: string;
  /** What each pair of account and region has served and refused. */
  readonly seen: ReadonlyMap<string, { served: number; refused: number }>;
  close(): Promise<void>;
}

const LATENCY_MS = 50;

/** Serves `Converse` on the loopback interface, and holds each pair of account and region to its own quotas. */
export async function startFakeBedrock({ windowMs, ...capacities }: ProviderQuotas): Promise<FakeBedrock> {
  const quotas = new Map<string, StrictQuotas>();
  const seen = new Map<string, { served: number; refused: number }>();

  const converse = async (request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> => {
    const pair = pairOf(request);
    const { prompt, maxTokens } = readConverse(await bodyOf(request));
    const own = quotas.get(pair) ?? new StrictQuotas(windowMs, { ...capacities });
    const counts = seen.get(pair) ?? { served: 0, refused: 0 };
    quotas.set(pair, own);
    seen.set(pair, counts);
    // as Bedrock does: prompt and maxTokens are counted when a request comes in
    const inputTokens = Math.ceil(prompt.length / 4);
    const admitted = own.admit({ calls: 1, tokens: inputTokens + maxTokens });
    counts[admitted ? 'served' : 'refused'] += 1;
    if (admitted) {
      await sleep(LATENCY_MS);
      answer(response, 200, replyTo(prompt, inputTokens));
    } else {
      response.setHeader('x-amzn-errortype', 'ThrottlingException');
      answer(response, 429, { message: 'Too many requests, please wait before trying again.' });
    }
  };

  const server = createServer((request, response) => void converse(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    seen,
    async close() {
      server.close();
      await once(server, 'close');
    },
  };
}

/** Who calls, and where: it is in the signature. */
function pairOf({ headers }: Http2ServerRequest): string {
  const [, account = '', region = ''] = /Credential=(\w+)\/\d+\/([\w-]+)\//.exec(headers.authorization ?? '') ?? [];
  return `${account} ${region}`;
}

async function bodyOf(request: Http2ServerRequest): Promise<string> {
  let body = '';
  for await (const chunk of request as AsyncIterable<Buffer>) body += chunk.toString('utf8');
  return body;
}

function readConverse(body: string): { readonly prompt: string; readonly maxTokens: number } {
  const { messages, inferenceConfig } = JSON.parse(body) as {
    readonly messages: readonly { readonly content: readonly { readonly text: string }[] }[];
    readonly inferenceConfig: { readonly maxTokens: number };
  };
  const texts = messages.flatMap(({ content }) => content.map(({ text }) => text));
  return { prompt: texts.join(''), maxTokens: inferenceConfig.maxTokens };
}

function replyTo(prompt: string, inputTokens: number): object {
  return {
    output: { message: { role: 'assistant', content: [{ text: `You said: ${prompt}` }] } },
    stopReason: 'end_turn',
    usage: { inputTokens, outputTokens: 5, totalTokens: inputTokens + 5 },
    metrics: { latencyMs: LATENCY_MS },
  };
}

function answer(response: Http2ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
