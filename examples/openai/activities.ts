import { countTokens } from 'gpt-tokenizer';
import { APIError, type OpenAI } from 'openai';
import { limited } from 'temporal-limits/worker';

const MODEL = 'gpt-4o-mini';
const MAX_TOKENS = 40;

/** What the format around a single user message costs beyond its text. */
const CHAT_OVERHEAD = 7;

/** @param openai Made with `maxRetries: 0`: a retry inside the client would be a call that nobody has counted. */
export function createActivities(openai: OpenAI) {
  const complete = async (prompt: string) =>
    openai.chat.completions.create({
      model: MODEL,
      max_completion_tokens: MAX_TOKENS,
      messages: [{ role: 'user', content: prompt }],
    });
  return {
    complete: limited(complete, {
      requested: (prompt) => ({ input_tokens: countTokens(prompt) + CHAT_OVERHEAD, output_tokens: MAX_TOKENS }),
      usage: ({ usage }) => ({
        input_tokens: usage?.prompt_tokens ?? 0,
        output_tokens: usage?.completion_tokens ?? MAX_TOKENS,
      }),
      retry: { numRetries: 5, retryOn: isTransient, retryWait: '200ms' },
    }),
  };
}

/** Busy, broken, or out of reach: all that the same request may survive. */
function isTransient(error: unknown): boolean {
  if (!(error instanceof APIError)) return false;
  const status: unknown = error.status;
  return typeof status !== 'number' || status === 408 || status === 429 || status >= 500;
}
