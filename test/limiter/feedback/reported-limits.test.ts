import { anthropicLimits, openaiLimits } from '../../../src/limiter/presets/presets';
import { defineLimits } from '../../../src/limiter/definition/definition';
import { CallLimit, RateLimit, ResourceLimit, type Limit } from '../../../src/limiter/definition/limits';
import { reportedLimits } from '../../../src/limiter/feedback/reported-limits';
import type { SeenLimit } from '../../../src/limiter/feedback/seen-limits';

const meant = (limits: readonly Limit[], ...seen: SeenLimit[]) => {
  const defined = defineLimits(limits, 'SlidingWindow');
  return Object.fromEntries(
    reportedLimits(seen, defined).map(({ index, ...report }) => [defined[index]?.key ?? '', report]),
  );
};

const minute = { windowSeconds: 60 };
const day = { windowSeconds: 86_400 };
const calls = new CallLimit({ ...minute, capacity: 60 });
const callsADay = new CallLimit({ ...day, key: 'rpd', capacity: 1_000 });
const input = new RateLimit({ ...minute, key: 'itpm', capacity: 10_000, counts: ['input_tokens'] });
const output = new RateLimit({ ...minute, key: 'output_tokens', capacity: 5_000 });
const both = new RateLimit({ ...minute, key: 'tpm', capacity: 20_000, counts: ['input_tokens', 'output_tokens'] });

describe('the limits that a provider speaks of', () => {
  it('are known by what they count', () => {
    const seen = [
      { name: 'requests', limit: 60, remaining: 59 },
      { name: 'tokens', limit: 20_000, remaining: 1 },
      { name: 'input-tokens', limit: 10_000, remaining: 2 },
      { name: 'output-tokens', limit: 5_000, remaining: 3 },
    ];
    expect(meant([calls, input, output, both], ...seen)).toEqual({
      call_count: { limit: 60, remaining: 59 },
      tpm: { limit: 20_000, remaining: 1 },
      itpm: { limit: 10_000, remaining: 2 },
      output_tokens: { limit: 5_000, remaining: 3 },
    });
  });

  it('are known in the presets', () => {
    const anthropic = meant(
      anthropicLimits({ rpm: 50, itpm: 30_000, otpm: 8_000 }),
      { name: 'requests', limit: 50, remaining: 49 },
      { name: 'input-tokens', limit: 30_000, remaining: 29_000 },
      { name: 'output-tokens', limit: 8_000, remaining: 8_000 },
      { name: 'tokens', limit: 38_000, remaining: 37_000 },
    );
    expect(Object.keys(anthropic)).toEqual(['rpm', 'itpm', 'otpm']);
    const openai = meant(
      openaiLimits({ rpm: 500, tpm: 200_000 }),
      { name: 'requests', limit: 500, remaining: 499 },
      { name: 'tokens', limit: 200_000, remaining: 150_000 },
    );
    expect(Object.keys(openai)).toEqual(['rpm', 'tpm']);
  });

  it('are known by their key, or as the only one', () => {
    expect(meant([callsADay, calls], { name: 'RPD', remaining: 5 })).toEqual({ rpd: { remaining: 5 } });
    expect(meant([calls], { name: 'default', remaining: 5 })).toEqual({ call_count: { remaining: 5 } });
    expect(meant([calls], { name: 'default', limit: 50 })).toEqual({ call_count: { limit: 50 } });
    expect(meant([calls, input], { name: 'default', remaining: 5 })).toEqual({});
    expect(meant([new ResourceLimit({ key: 'requests', capacity: 3 })], { name: 'requests', remaining: 0 })).toEqual(
      {},
    );
  });

  it('are told from those of another window by their size and by when they are whole again', () => {
    const limits = [callsADay, calls];
    expect(meant(limits, { name: 'requests', limit: 1_000, remaining: 5 })).toEqual({
      rpd: { limit: 1_000, remaining: 5 },
    });
    expect(meant(limits, { name: 'requests', limit: 50, remaining: 5 })).toEqual({
      call_count: { limit: 50, remaining: 5 },
    });
    expect(meant(limits, { name: 'requests', remaining: 5 })).toEqual({});
    expect(meant(limits, { name: 'requests', remaining: 5, resetMs: 3_600_000 })).toEqual({ rpd: { remaining: 5 } });
    // one of a minute, of which nothing is defined
    expect(meant([callsADay], { name: 'requests', limit: 60, remaining: 5 })).toEqual({});
  });

  it('count by what is less, if two fields mean one', () => {
    expect(
      meant([calls], { name: 'default', limit: 60, remaining: 7 }, { name: 'requests', limit: 60, remaining: 4 }),
    ).toEqual({ call_count: { limit: 60, remaining: 4 } });
  });

  it('are none that counts by other weights', () => {
    const dollars = new RateLimit({ ...minute, key: 'usd', capacity: 5, counts: { input_tokens: 1e-6 } });
    expect(meant([dollars], { name: 'input-tokens', limit: 5, remaining: 1 })).toEqual({});
  });
});
