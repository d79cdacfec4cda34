import { Context } from '@temporalio/activity';
import { countTokens } from 'gpt-tokenizer';
import { APIError, type OpenAI } from 'openai';
import type { CompletionUsage } from 'openai/resources/completions';
import { limited, type LimitedOptions } from 'temporal-limits/worker';

const MODEL = 'gpt-4o-mini';
const MAX_TOKENS = 40;

/** What a single user message costs beyond its text. */
const CHAT_OVERHEAD = 7;

/** @param openai Made with `maxRetries: 0`: nobody would count the calls of its own retries. */
export function createActivities(openai: OpenAI) {
  const bodyOf = (prompt: string) => ({
    model: MODEL,
    max_completion_tokens: MAX_TOKENS,
    messages: [{ role: 'user' as const, content: prompt }],
  });

  const complete = async (prompt: string) => {
    const { choices, usage } = await openai.chat.completions.create(bodyOf(prompt));
    return { text: choices[0]?.message.content ?? '', usage };
  };

  /** Reads the stream to its end: until then the call holds its limits. Only the last chunk has the usage. */
  const completeByStream = async (prompt: string) => {
    const { cancellationSignal: signal } = Context.current();
    const body = { ...bodyOf(prompt), stream: true as const, stream_options: { include_usage: true } };
    let text = '';
    let usage: CompletionUsage | undefined;
    for await (const chunk of await openai.chat.completions.create(body, { signal })) {
      text += chunk.choices[0]?.delta.content ?? '';
      usage = chunk.usage ?? usage;
    }
    return { text, usage };
  };

  const options: LimitedOptions<[prompt: string], { readonly usage: CompletionUsage | undefined }> = {
    requested: (prompt) => ({ input_tokens: inputTokens(prompt), output_tokens: MAX_TOKENS }),
    // an answer without a count is charged as requested
    usage: ({ usage }, prompt) => ({
      input_tokens: usage?.prompt_tokens ?? inputTokens(prompt),
      output_tokens: usage?.completion_tokens ?? MAX_TOKENS,
    }),
    retry: { numRetries: 5, retryOn: isTransient, retryWait: '200ms' },
  };
  return { complete: limited(complete, options), completeByStream: limited(completeByStream, options) };
}

function inputTokens(prompt: string): number {
  return countTokens(prompt) + CHAT_OVERHEAD;
}

/** Errors that the same request may survive: the provider is busy, broken or out of reach. */
function isTransient(error: unknown): boolean {
  if (!(error instanceof APIError)) return false;
  const status: unknown = error.status;
  return typeof status !== 'number' || status === 408 || status === 429 || status >= 500;
}
