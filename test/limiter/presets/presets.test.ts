import {
  anthropicLimits,
  azureOpenAILimits,
  bedrockLimits,
  geminiLimits,
  LimitSet,
  openaiLimits,
} from '../../../src/index';

const quota = { rpm: 60, tpm: 1000 };

test.each([
  ['anthropicLimits', anthropicLimits({ rpm: 60, itpm: 1000, otpm: 1000 }), ['rpm', 'itpm', 'otpm']],
  ['openaiLimits', openaiLimits({ ...quota, rpd: 1000, tpd: 9000 }), ['rpm', 'rpd', 'tpm', 'tpd']],
  ['azureOpenAILimits', azureOpenAILimits(quota), ['rpm', 'rps', 'tpm']],
  ['bedrockLimits', bedrockLimits({ ...quota, tpd: 9000, outputBurndown: 5 }), ['rpm', 'tpm', 'tpd']],
  ['geminiLimits', geminiLimits({ ...quota, rpd: 100 }), ['rpm', 'rpd', 'tpm']],
])('%s are ordinary limits, which one request in tokens is charged to', async (name, limits, keys) => {
  expect(limits.map(({ key }) => key)).toEqual(keys);
  const set = new LimitSet({ limits });
  const requested = name === 'geminiLimits' ? { input_tokens: 10 } : { input_tokens: 10, output_tokens: 20 };
  const slot = await set.acquire({ requested });
  const { limits: stats } = await set.getStats();
  expect(Object.values(stats).every(({ utilization }) => utilization > 0)).toBe(true);
  slot.update({ usage: requested });
  await slot.release();
});

test('what is left out is not limited, and what is unknown or no number is an error', () => {
  expect(openaiLimits({ rpm: 5 }).map(({ key }) => key)).toEqual(['rpm']);
  expect(() => openaiLimits({ rmp: 5 } as never)).toThrow(/did you mean rpm/);
  expect(() => anthropicLimits({ itpm: 0 })).toThrow(/capacity/);
});

test('an output token of a model with a burndown rate takes as many tokens of the quota', () => {
  expect(bedrockLimits({ tpm: 1000, outputBurndown: 5 })[0]).toMatchObject({
    counts: { input_tokens: 1, output_tokens: 5 },
    unused: 'returned',
  });
});
