/**
 * The AI SDK (version 6) within limits: a middleware acquires for each call to the model, settles by the usage that the
 * model reports, and holds a stream's limits until the stream ends. It fits any provider of the SDK; here the model is
 * the SDK's own mock. In a worker, give the set a `name` and `mode: 'temporal'`.
 *
 *   npx tsx examples/ai-sdk/main.ts
 */
import { generateText, simulateReadableStream, streamText } from 'ai';
import { MockLanguageModelV3 } from 'ai/test';
import { CallLimit, LimitSet, RateLimit, ResourceLimit } from 'temporal-limits';
import { limitedModel } from './limited-model';

/** How many calls the provider has open now, and had at most. */
const seen = { open: 0, mostOpen: 0, calls: 0 };

function begin(): void {
  seen.calls += 1;
  seen.open += 1;
  seen.mostOpen = Math.max(seen.mostOpen, seen.open);
}

const USAGE = {
  inputTokens: { total: 20, noCache: 20, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 10, text: 10, reasoning: 0 },
};
const FINISH_REASON = { unified: 'stop', raw: undefined } as const;

const provider = new MockLanguageModelV3({
  doGenerate: async () => {
    begin();
    await new Promise((resolve) => setTimeout(resolve, 20));
    seen.open -= 1;
    return {
      content: [{ type: 'text', text: 'In one piece.' }],
      finishReason: FINISH_REASON,
      usage: USAGE,
      warnings: [],
    };
  },
  doStream: () => {
    begin();
    const end = new TransformStream({ flush: () => void (seen.open -= 1) });
    const chunks = [
      { type: 'text-start', id: '1' } as const,
      { type: 'text-delta', id: '1', delta: 'Piece ' } as const,
      { type: 'text-delta', id: '1', delta: 'by piece.' } as const,
      { type: 'text-end', id: '1' } as const,
      { type: 'finish', finishReason: FINISH_REASON, usage: USAGE } as const,
    ];
    return Promise.resolve({ stream: simulateReadableStream({ chunks, chunkDelayInMs: 5 }).pipeThrough(end) });
  },
});

/** Asks eight times, four of them as a stream, with at most two calls open. */
export async function main() {
  const limits = new LimitSet({
    limits: [
      new CallLimit({ windowSeconds: 60, capacity: 100 }),
      new RateLimit({ key: 'input_tokens', windowSeconds: 60, capacity: 10_000, unused: 'returned' }),
      new RateLimit({ key: 'output_tokens', windowSeconds: 60, capacity: 10_000, unused: 'returned' }),
      new ResourceLimit({ key: 'connections', capacity: 2 }),
    ],
  });
  const model = limitedModel(provider, limits);
  // the SDK's own retries would hide throttles from Temporal's
  const options = { model, maxRetries: 0, maxOutputTokens: 200 };
  const answers = await Promise.all(
    Array.from({ length: 8 }, async (_, i) => {
      const prompt = `Question ${String(i)}`;
      if (i % 2 === 0) return (await generateText({ ...options, prompt })).text;
      return streamText({ ...options, prompt }).text;
    }),
  );
  const { input_tokens, output_tokens } = (await limits.getStats()).limits;
  await limits.close();
  return { answers, seen, used: { input: used(input_tokens), output: used(output_tokens) } };
}

function used(limit: { readonly capacity: number; readonly available: number } | undefined): number {
  return limit === undefined ? 0 : limit.capacity - limit.available;
}

if (require.main === module) void main().then(console.log);
