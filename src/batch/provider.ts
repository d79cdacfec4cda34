import OpenAI from 'openai';
import { type PublicSetConfig } from './config';
import { type ChatReply, InvalidReply, readReply } from './reply';

/** A request to a provider, all but sent. */
export interface ChatRequest {
  readonly prompt: string;
  readonly maxTokens: number;
}

/** Asks one provider, once. */
export type AskProvider = (request: ChatRequest, signal: AbortSignal) => Promise<ChatReply>;

/** Reasoning models refuse `max_tokens`; most servers that imitate the API know nothing else. */
const NEEDS_MAX_COMPLETION_TOKENS = /^(?:o\d|gpt-[5-9])/;

/** A client of the provider at `baseURL`. The key stays in it; nothing is logged, and nothing retried. */
export function connectProvider({ baseURL, model }: PublicSetConfig, apiKey: string): AskProvider {
  const client = new OpenAI({ baseURL, apiKey, maxRetries: 0, logLevel: 'off', organization: null, project: null });
  const limit = NEEDS_MAX_COMPLETION_TOKENS.test(model) ? 'max_completion_tokens' : 'max_tokens';
  return async ({ prompt, maxTokens }, signal) => {
    const body = { model, messages: [{ role: 'user' as const, content: prompt }], [limit]: maxTokens };
    const reply: unknown = await client.chat.completions.create(body, { signal }).catch((error: unknown) => {
      throw error instanceof SyntaxError ? new InvalidReply('its JSON is broken') : error;
    });
    return readReply(reply);
  };
}
