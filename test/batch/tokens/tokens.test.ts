import fc from 'fast-check';
import * as cl100k from 'gpt-tokenizer/encoding/cl100k_base';
import * as o200k from 'gpt-tokenizer/encoding/o200k_base';
import o200kRanks from 'gpt-tokenizer/bpeRanks/o200k_base';
import { O200K_TOKEN_SPLIT_REGEX } from 'gpt-tokenizer/encodingParams/constants';
import { BytePairCounter } from '../../../src/batch/tokens/byte-pairs';
import { countInputTokens, loadInputTokenCounter } from '../../../src/batch/tokens/tokens';

const asText = { disallowedSpecial: new Set<string>() };

/** A text on which the two encodings differ much. */
const KOREAN = '안녕하세요, 만나서 반갑습니다. 오늘은 날씨가 좋네요.';

describe('counting input tokens', () => {
  it('adds the chat format around one user message to the tokens of the text', async () => {
    expect(await countInputTokens('Hello', 'gpt-4o')).toBe(1 + 7);
    expect(await countInputTokens('', 'gpt-4o')).toBe(7);
    expect(await countInputTokens('Hello', 'gpt-3.5-turbo-0301')).toBe(1 + 8);
  });

  it.each([
    'gpt-4o-mini',
    'gpt-4.1',
    'gpt-5-nano',
    'gpt-5.1',
    'o1',
    'o3-mini',
    'o4-mini',
    'gpt-oss-20b',
    'chatgpt-4o-latest',
  ])('takes o200k_base for %s', async (model) => {
    expect(await countInputTokens(KOREAN, model)).toBe(o200k.countTokens(KOREAN) + 7);
  });

  it.each(['gpt-4', 'gpt-4-turbo', 'gpt-4-0613', 'gpt-3.5-turbo', 'gpt-35-turbo'])(
    'takes cl100k_base for %s',
    async (model) => {
      expect(await countInputTokens(KOREAN, model)).toBe(cl100k.countTokens(KOREAN) + 7);
    },
  );

  it.each(['llama-3-70b', 'opus', 'o', 'openai/gpt-4o', 'gpt-40', ''])(
    'takes the higher count for %p',
    async (model) => {
      const highest = Math.max(o200k.countTokens(KOREAN), cl100k.countTokens(KOREAN));
      expect(await countInputTokens(KOREAN, model)).toBe(highest + 8);
    },
  );

  it('takes the highest count among several models', async () => {
    const count = await loadInputTokenCounter(['gpt-4o', 'gpt-4']);
    expect(count(KOREAN)).toBe(cl100k.countTokens(KOREAN) + 7);
  });

  it('counts the text of a special token as text', async () => {
    expect(await countInputTokens('<|endoftext|> <|im_start|>', 'gpt-4o')).toBeGreaterThan(7 + 8);
  });

  it('counts a lone surrogate, a byte order mark and a NUL without throwing', async () => {
    expect(await countInputTokens('\ud800 \ufeff \0', 'gpt-4o')).toBeGreaterThan(7);
  });

  it.each([
    ['a', 1_000_000],
    [' ', 1_000_000],
    ['\n', 300_000],
    ['!', 300_000],
    ['漢', 100_000],
    ['😀', 100_000],
    ['Ab', 200_000],
  ])('counts %p repeated %i times in seconds', async (unit, times) => {
    const tokens = await countInputTokens(unit.repeat(times), 'gpt-4o');
    expect(tokens).toBeGreaterThan(times / 130);
    expect(tokens).toBeLessThanOrEqual(times * 4 + 7);
  });
});

describe('the counter for texts without spaces', () => {
  const counter = new BytePairCounter({ ranks: o200kRanks, split: O200K_TOKEN_SPLIT_REGEX });

  it.each([
    'aaaaaaaaaaaa'.repeat(30),
    'abc'.repeat(100),
    'https://example.com/a?b=c&d=e'.repeat(9),
    '漢字かな'.repeat(60),
  ])('gives the tokenizer’s own number for %#', (text) => expect(counter.count(text)).toBe(o200k.countTokens(text)));

  it('gives the tokenizer’s own number for any text', () => {
    const letters = fc.array(fc.constantFrom('a', 'e', 'th', 'in', 'Z', '9', ' ', '\n', '/', 'é', '漢', '😀', "'s"), {
      maxLength: 300,
    });
    const text = fc.oneof(
      letters.map((parts) => parts.join('')),
      fc.string({ unit: 'binary', maxLength: 200 }),
    );
    fc.assert(fc.property(text, (sample) => counter.count(sample) === o200k.countTokens(sample, asText)));
  });
});
