import OpenAI from 'openai';
import { type OtherUnits, type PublicSetConfig } from '../config/config';
import { wholeFetch } from './whole-fetch';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';

/** A request to a provider, all but sent. */
export interface ChatRequest {
  readonly prompt: string;
  readonly maxTokens: number;
}

/** Asks one provider, once. `observe` gets what it answered: the response, or what the client has made of a failure. */
export type AskProvider = (
  request: ChatRequest,
  signal: AbortSignal,
  observe: (answer: unknown) => void,
) => Promise<ChatReply>;

/** Reasoning models refuse `max_tokens`; most servers that imitate the API know nothing else. */
const NEEDS_MAX_COMPLETION_TOKENS = /^(?:o\d|gpt-[5-9])/;

/**
 * A client of the provider at `baseURL`. The key stays in it; nothing is logged, and nothing retried.
 *
 * @param units Those besides the tokens that replies tell of.
 */
export function connectProvider(
  { baseURL, model, timeoutSeconds = 600 }: PublicSetConfig,
  apiKey: string,
  units: OtherUnits,
): AskProvider {
  // the client would add these headers to each request, of every account
  delete process.env['OPENAI_CUSTOM_HEADERS'];
  const client = new OpenAI({
    baseURL,
    apiKey,
    timeout: Math.ceil(timeoutSeconds * 1000),
    fetch: wholeFetch,
    maxRetries: 0,
    logLevel: 'off',
    organization: null,
    project: null,
  });
  const limit = NEEDS_MAX_COMPLETION_TOKENS.test(model) ? 'max_completion_tokens' : 'max_tokens';
  return async ({ prompt, maxTokens }, signal, observe) => {
    const body = { model, messages: [{ role: 'user' as const, content: prompt }], [limit]: maxTokens };
    const asked = client.chat.completions.create(body, { signal }).withResponse();
    const { data, response } = await asked.catch((error: unknown) => {
      // what was given up here says nothing of the provider
      if (!signal.aborted) observe(error);
      throw error instanceof SyntaxError ? new InvalidReply('its JSON is broken') : error;
    });
    observe(response);
    return readReply(data, units);
  };
}

/** A provider's answer. A count that it does not tell is left out. */
export interface ChatReply {
  readonly text: string;
  readonly usage: Readonly<Record<string, number>>;
}

/** What a provider answered, as success, is no chat completion. Asking again would bring the same, and cost the same. */
export class InvalidReply extends Error {
  override readonly name = 'InvalidReply';

  constructor(missing: string) {
    super(`the provider answered 200, but not with a chat completion: ${missing}; check baseURL and model`);
  }
}

/** @throws {InvalidReply} if there is no answer in the reply, which is whatever a server sent */
export function readReply(reply: unknown, units: OtherUnits = {}): ChatReply {
  const body = asRecord(reply, 'it is not a JSON object');
  if (!Array.isArray(body['choices'])) throw new InvalidReply('it has no choices');
  const [choice] = body['choices'] as readonly unknown[];
  const { message } = asRecord(choice, 'its choices are empty');
  const { content } = asRecord(message, 'choices[0] has no message');
  if (typeof content !== 'string') throw new InvalidReply('choices[0].message.content is not a string');
  const usage = isRecord(body['usage']) ? body['usage'] : {};
  const others = Object.entries(units).flatMap(([unit, { usage: path }]) =>
    Object.entries(count(unit, valueAt(reply, path))),
  );
  return {
    text: content,
    usage: {
      ...Object.fromEntries(others),
      ...count('input_tokens', usage['prompt_tokens']),
      ...count('output_tokens', usage['completion_tokens']),
    },
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function asRecord(value: unknown, missing: string): Record<string, unknown> {
  if (!isRecord(value)) throw new InvalidReply(missing);
  return value;
}

/** What stands at a place such as `usage.images`; undefined where there is nothing. */
function valueAt(reply: unknown, path: string | undefined): unknown {
  if (path === undefined) return undefined;
  return path
    .split('.')
    .reduce((value, key) => (isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined), reply);
}

function count(key: string, value: unknown): Readonly<Record<string, number>> {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? { [key]: value } : {};
}

const ROUNDS = 10;

/**
 * Asks a server of its own some times. The code of a process runs slowly at first: its first requests would arrive late,
 * too late for the window in which they were counted.
 */
export async function warmUp(): Promise<void> {
  const reply = JSON.stringify({ choices: [{ message: { content: '' } }] });
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.setHeader('content-type', 'application/json').end(reply));
  });
  try {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const provider = connectProvider({ taskQueue: '', baseURL: `http://127.0.0.1:${port}`, model: 'none' }, 'none', {});
    const request = { prompt: 'warm up '.repeat(1000), maxTokens: 1 };
    const ask = () => provider(request, new AbortController().signal, () => undefined);
    for (let i = 0; i < ROUNDS; i += 1) {
      await Promise.all([ask(), ask(), ask()]);
    }
  } catch {
    // Where no server may listen, the process works without the warm-up.
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
