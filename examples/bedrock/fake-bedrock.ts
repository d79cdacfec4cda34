import { once } from 'node:events';
import { createServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { StrictQuotas } from '../strict-quotas';

/** What Bedrock allows each pair of account and region. */
export interface ProviderQuotas {
  readonly windowSeconds: number;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** How many calls a pair of account and region has had, by their end. */
interface Counts {
  served: number;
  failed: number;
  refused: number;
}

export interface FakeBedrock {
  readonly url: string;
  readonly seen: ReadonlyMap<string, Readonly<Counts>>;
  close(): Promise<void>;
}

const LATENCY_MS = 50;
const TOKENS_OF_AN_IMAGE = 800;
const OUTPUT_TOKENS = 5;

/**
 * Serves `Converse` on the loopback interface: 429 above the quotas of a pair, and 503 to every tenth call. Serves
 * `CountTokens`, which has no quota.
 */
export async function startFakeBedrock({ windowSeconds, ...capacities }: ProviderQuotas): Promise<FakeBedrock> {
  const quotas = new Map<string, StrictQuotas>();
  const seen = new Map<string, Counts>();
  let calls = 0;

  const converse = async (request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> => {
    const pair = pairOf(request);
    const { prompt, inputTokens, maxTokens } = readConverse(await bodyOf(request));
    const own = quotas.get(pair) ?? new StrictQuotas(windowSeconds * 1_000, { ...capacities });
    const counts = seen.get(pair) ?? { served: 0, failed: 0, refused: 0 };
    quotas.set(pair, own);
    seen.set(pair, counts);
    // like Bedrock: reserves the input and maxTokens when a call arrives, unless it turns the call away
    calls += 1;
    const fails = calls % 10 === 0;
    const admitted = own.admit({ calls: 1, ...(!fails && { inputTokens, outputTokens: maxTokens }) });
    if (admitted === undefined) {
      counts.refused += 1;
      refuse(response, 429, 'ThrottlingException');
      return;
    }
    counts[fails ? 'failed' : 'served'] += 1;
    await sleep(LATENCY_MS);
    if (fails) {
      refuse(response, 503, 'ServiceUnavailableException');
      return;
    }
    // like Bedrock: gives back what the call did not use
    admitted.amounts = { calls: 1, inputTokens, outputTokens: OUTPUT_TOKENS };
    answer(response, 200, replyTo(prompt, inputTokens));
  };

  const server = createServer((request, response) => {
    if (request.url.endsWith('/count-tokens')) answer(response, 200, { inputTokens: 1 });
    else void converse(request, response);
  });
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

function readConverse(body: string) {
  const { messages, inferenceConfig } = JSON.parse(body) as {
    readonly messages: readonly { readonly content: readonly { readonly text?: string }[] }[];
    readonly inferenceConfig: { readonly maxTokens: number };
  };
  const content = messages.flatMap((message) => message.content);
  const prompt = content.map(({ text = '' }) => text).join('');
  const images = content.filter(({ text }) => text === undefined).length;
  const inputTokens = Math.ceil(prompt.length / 4) + images * TOKENS_OF_AN_IMAGE;
  return { prompt, inputTokens, maxTokens: inferenceConfig.maxTokens };
}

function replyTo(prompt: string, inputTokens: number): object {
  return {
    output: { message: { role: 'assistant', content: [{ text: `You said: ${prompt}` }] } },
    stopReason: 'end_turn',
    usage: { inputTokens, outputTokens: OUTPUT_TOKENS, totalTokens: inputTokens + OUTPUT_TOKENS },
    metrics: { latencyMs: LATENCY_MS },
  };
}

function refuse(response: Http2ServerResponse, status: number, type: string): void {
  response.setHeader('x-amzn-errortype', type);
  answer(response, status, { message: 'Please wait before trying again.' });
}

function answer(response: Http2ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
