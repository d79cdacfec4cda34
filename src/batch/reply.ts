import { type ItemUsage } from '../workflows/item-result';

/** A provider's answer. A count that it does not tell is left out. */
export interface ChatReply {
  readonly text: string;
  readonly usage: Partial<ItemUsage>;
}

/** What a provider answered, as success, is no chat completion. Asking again would bring the same, and cost the same. */
export class InvalidReply extends Error {
  override readonly name = 'InvalidReply';

  constructor(missing: string) {
    super(`the provider answered 200, but not with a chat completion: ${missing}; check baseURL and model`);
  }
}

/** @throws {InvalidReply} if there is no answer in the reply, which is whatever a server sent */
export function readReply(reply: unknown): ChatReply {
  const body = asRecord(reply, 'it is no JSON object');
  if (!Array.isArray(body['choices'])) throw new InvalidReply('it has no choices');
  const [choice] = body['choices'] as readonly unknown[];
  const { message } = asRecord(choice, 'its choices are empty');
  const { content } = asRecord(message, 'choices[0] has no message');
  if (typeof content !== 'string') throw new InvalidReply('choices[0].message.content is no text');
  const usage = isRecord(body['usage']) ? body['usage'] : {};
  return {
    text: content,
    usage: {
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

function count(key: keyof ItemUsage, value: unknown): Partial<ItemUsage> {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? { [key]: value } : {};
}
