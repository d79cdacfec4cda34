import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';

export interface ChatRequest {
  readonly model: string;
  readonly maxTokens: number;
  /** The provider's own count of the prompt, chat overhead included. */
  readonly promptTokens: number;
}

export interface ApiError {
  readonly status: number;
  readonly type: string;
  readonly code: string | null;
  readonly message: string;
}

/** The format around a chat, as published for the GPT models: around each message, after a name, before the reply. */
const TOKENS_PER_MESSAGE = 3;
const TOKENS_PER_NAME = 1;
const TOKENS_OF_REPLY_PRIMING = 3;

const DEFAULT_MAX_TOKENS = 256;

/** A completion is at most this long, however high `max_tokens` is, so that big requests cost the demo no bandwidth. */
const LONGEST_COMPLETION = 400;

/** Reads the body of POST /v1/chat/completions, or says what is wrong with it. Texts are never quoted. */
export function parseChatRequest(body: string): ChatRequest | ApiError {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return badRequest('The body is not valid JSON.');
  }
  if (!isRecord(parsed)) return badRequest('The body must be a JSON object.');
  const { model, messages, stream } = parsed;
  if (stream === true) return badRequest('This provider does not stream: leave `stream` out or set it to false.');
  if (typeof model !== 'string' || model === '') return badRequest('`model` must be a non-empty string.');
  const maxTokens = parsed['max_completion_tokens'] ?? parsed['max_tokens'] ?? DEFAULT_MAX_TOKENS;
  if (typeof maxTokens !== 'number' || !Number.isSafeInteger(maxTokens) || maxTokens < 1) {
    return badRequest('`max_tokens` must be a positive integer.');
  }
  if (!Array.isArray(messages) || messages.length === 0) return badRequest('`messages` must be a non-empty array.');
  let promptTokens = TOKENS_OF_REPLY_PRIMING;
  for (const message of messages as unknown[]) {
    const tokens = countMessage(message);
    if (tokens === undefined) return badRequest('Each message needs a string `role` and a string `content`.');
    promptTokens += tokens;
  }
  return { model, maxTokens, promptTokens };
}

export function isApiError(value: ChatRequest | ApiError): value is ApiError {
  return 'status' in value;
}

/** The same request always gets the same reply, so that a run can be compared with another. */
export function completionFor({ model, maxTokens, promptTokens }: ChatRequest, serial: number): object {
  const longest = Math.min(maxTokens, LONGEST_COMPLETION);
  const completionTokens = 1 + ((promptTokens * 31 + 17) % longest);
  return {
    id: `chatcmpl-${serial}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: `ok${' ok'.repeat(completionTokens - 1)}`, refusal: null },
        logprobs: null,
        finish_reason: completionTokens === maxTokens ? 'length' : 'stop',
      },
    ],
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    },
  };
}

function countMessage(message: unknown): number | undefined {
  if (!isRecord(message)) return undefined;
  const { role, content, name } = message;
  if (typeof role !== 'string' || typeof content !== 'string') return undefined;
  const named = typeof name === 'string' ? TOKENS_PER_NAME + count(name) : 0;
  return TOKENS_PER_MESSAGE + count(role) + count(content) + named;
}

/** Text that looks like a special token is a user's text: without this option the tokenizer throws on it. */
function count(text: string): number {
  return countTokens(text, { disallowedSpecial: new Set() });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function badRequest(message: string): ApiError {
  return { status: 400, type: 'invalid_request_error', code: null, message };
}
