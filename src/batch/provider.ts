import OpenAI from 'openai';
import { type ItemUsage } from '../workflows/item-result';
import { type PublicSetConfig } from './config';

/** A request to a provider, all but sent. */
export interface ChatRequest {
  readonly prompt: string;
  readonly maxTokens: number;
}

/** A provider's answer. A count that it does not tell is left out. */
interface ChatReply {
  readonly text: string;
  readonly usage: Partial<ItemUsage>;
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
    const { choices, usage } = await client.chat.completions.create(
      { model, messages: [{ role: 'user', content: prompt }], [limit]: maxTokens },
      { signal },
    );
    return {
      text: choices[0]?.message.content ?? '',
      usage: { ...count('input_tokens', usage?.prompt_tokens), ...count('output_tokens', usage?.completion_tokens) },
    };
  };
}

function count(key: keyof ItemUsage, value: unknown): Partial<ItemUsage> {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? { [key]: value } : {};
}
