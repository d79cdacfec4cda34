import { BytePairCounter } from './byte-pairs';

type EncodingName = 'o200k_base' | 'cl100k_base';

/** Counts the tokens of a text that a user wrote. */
type TextCounter = (text: string) => number;

/** Counts what a provider charges for a prompt. */
export type InputTokenCounter = (prompt: string) => number;

/**
 * What surrounds the text of a single user message: 3 tokens of framing, 1 for the role, 3 that open the reply. One more
 * is for the framing of the oldest chat models (4 instead of 3) and of servers that imitate them.
 */
const CHAT_OVERHEAD = 7;
const CHAT_OVERHEAD_UNKNOWN = 8;

/** The first match decides. What no line matches is counted with both encodings. */
const ENCODING_OF_MODEL: readonly (readonly [RegExp, EncodingName])[] = [
  [/^(?:ft:)?(?:gpt-4o|gpt-4\.[1-9]|gpt-[5-9]|chatgpt-4o|o[1-9])(?![a-z])/, 'o200k_base'],
  [/^gpt-oss-/, 'o200k_base'],
  [/^(?:ft:)?(?:gpt-4|gpt-3\.5|gpt-35)(?![a-z\d.])/, 'cl100k_base'],
];

/** The oldest chat format; every other known model has the newer one. */
const OLD_FORMAT = /^gpt-3\.5(?:-turbo)?-0301/;

/** A piece of this many characters can only come from such a run; from there on the quadratic merge is not used. */
const LONG_RUN = /\S{100}|\s{100}/;

/**
 * Characters that JavaScript's `\s` and case-insensitive letters class differently from the tokenizers that providers
 * run. Each can split a text in one more place, so each costs a margin; without it the count could be too low.
 */
const CLASSED_DIFFERENTLY = /[\u0085\u017F\uFEFF]/g;
const MARGIN = 2;

const counters = new Map<EncodingName, Promise<TextCounter>>();

/**
 * Counts the input tokens of `prompt` as one user message to `model`: the text and the chat format around it. Never
 * under what a provider that uses the model's own tokenizer reports. For a model of unknown name it is the highest of
 * the known encodings, and one token more.
 *
 * The first call for an encoding loads its vocabulary (some megabytes).
 */
export async function countInputTokens(prompt: string, model: string): Promise<number> {
  const count = await loadInputTokenCounter([model]);
  return count(prompt);
}

/** A counter for prompts that may go to any of `models`: the highest count among them, without any further loading. */
export async function loadInputTokenCounter(models: readonly string[]): Promise<InputTokenCounter> {
  const known = models.map(encodingOf);
  const unknown = models.length === 0 || known.includes(undefined);
  const wanted: EncodingName[] = (['o200k_base', 'cl100k_base'] as const).filter(
    (name) => unknown || known.includes(name),
  );
  const count = await Promise.all(wanted.map(loadTextCounter));
  const overhead = unknown || models.some((model) => OLD_FORMAT.test(model)) ? CHAT_OVERHEAD_UNKNOWN : CHAT_OVERHEAD;
  return (prompt) => overhead + Math.max(...count.map((counter) => counter(prompt)));
}

function encodingOf(model: string): EncodingName | undefined {
  return ENCODING_OF_MODEL.find(([pattern]) => pattern.test(model))?.[1];
}

function loadTextCounter(name: EncodingName): Promise<TextCounter> {
  const counter = counters.get(name) ?? makeTextCounter(name);
  counters.set(name, counter);
  return counter;
}

async function makeTextCounter(name: EncodingName): Promise<TextCounter> {
  const encoding = await importEncoding(name);
  // Text that looks like a special token is a user's text; without this the tokenizer throws on it.
  const asText = { disallowedSpecial: new Set<string>() };
  let slow: BytePairCounter | undefined;
  return (text) => {
    const margin = MARGIN * (text.match(CLASSED_DIFFERENTLY)?.length ?? 0);
    if (!LONG_RUN.test(text)) return margin + encoding.countTokens(text, asText);
    slow ??= new BytePairCounter(encoding);
    return margin + slow.count(text);
  };
}

async function importEncoding(name: EncodingName) {
  const splits = await import('gpt-tokenizer/encodingParams/constants');
  if (name === 'o200k_base') {
    const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base');
    const { default: ranks } = await import('gpt-tokenizer/bpeRanks/o200k_base');
    return { countTokens, ranks, split: splits.O200K_TOKEN_SPLIT_REGEX };
  }
  const { countTokens } = await import('gpt-tokenizer/encoding/cl100k_base');
  const { default: ranks } = await import('gpt-tokenizer/bpeRanks/cl100k_base');
  return { countTokens, ranks, split: splits.CL100K_TOKEN_SPLIT_REGEX };
}
