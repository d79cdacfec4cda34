import { wrapLanguageModel, type LanguageModelMiddleware } from 'ai';
import type { Acquisition, Amounts, LimitSet } from 'temporal-limits';

type WrapGenerate = NonNullable<LanguageModelMiddleware['wrapGenerate']>;
type WrapStream = NonNullable<LanguageModelMiddleware['wrapStream']>;
type Params = Parameters<WrapGenerate>[0]['params'];
type Usage = Awaited<ReturnType<WrapGenerate>>['usage'];
type PartStream = Awaited<ReturnType<WrapStream>>['stream'];
type Part = PartStream extends ReadableStream<infer T> ? T : never;

/** What a call without `maxOutputTokens` may produce. */
const MAX_OUTPUT_TOKENS = 1_000;

/**
 * A model of the AI SDK within limits. Each call to the provider is one acquisition, and so is each step of a tool loop.
 * A stream holds its acquisition until it has been read or cancelled.
 */
export function limitedModel(model: Parameters<typeof wrapLanguageModel>[0]['model'], limits: LimitSet) {
  const acquire = async (params: Params): Promise<Acquisition> => {
    const { prompt, maxOutputTokens = MAX_OUTPUT_TOKENS, abortSignal: signal } = params;
    const requested = { input_tokens: estimate(prompt), output_tokens: maxOutputTokens };
    const slot = await limits.acquire({ requested, signal });
    // a call that ends without a count is charged as requested
    slot.update({ usage: slot.requested });
    return slot;
  };

  const wrapGenerate: WrapGenerate = async ({ doGenerate, params }) => {
    await using slot = await acquire(params);
    const result = await observed(slot, doGenerate);
    slot.update({ usage: usedOf(result.usage, slot.requested) });
    return result;
  };

  const wrapStream: WrapStream = async ({ doStream, params }) => {
    const slot = await acquire(params);
    try {
      const result = await observed(slot, doStream);
      return { ...result, stream: ReadableStream.from<Part>(releasing(slot, result.stream)) };
    } catch (error) {
      await slot.release();
      throw error;
    }
  };

  return wrapLanguageModel({ model, middleware: { specificationVersion: 'v3', wrapGenerate, wrapStream } });
}

/** Tells the set what the provider answered: after a 429, all calls wait. */
async function observed<T>(slot: Acquisition, call: () => PromiseLike<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    slot.observe(error);
    throw error;
  }
}

/** The same stream. Its last part says what it used, and its end releases the limits. */
async function* releasing(slot: Acquisition, stream: PartStream): AsyncGenerator<Part> {
  try {
    for await (const part of stream as AsyncIterable<Part>) {
      if (part.type === 'finish') slot.update({ usage: usedOf(part.usage, slot.requested) });
      yield part;
    }
  } finally {
    await slot.release();
  }
}

function usedOf({ inputTokens, outputTokens }: Usage, requested: Amounts): Amounts {
  return {
    input_tokens: inputTokens.total ?? requested['input_tokens'] ?? 0,
    output_tokens: outputTokens.total ?? requested['output_tokens'] ?? 0,
  };
}

/** An upper bound for text: a token is seldom shorter than three letters. */
function estimate(prompt: Params['prompt']): number {
  return Math.ceil(JSON.stringify(prompt).length / 3);
}
