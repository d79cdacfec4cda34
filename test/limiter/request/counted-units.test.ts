import type { LimitDefinition } from '../../../src/limiter/definition/definition';
import { adaptRequest, planRequest, requestOne } from '../../../src/limiter/request/request';
import { mergeUsage, missingUsage, nothingUsed, usedOf } from '../../../src/limiter/request/usage';
import { errorWith } from '../../support/error-with';
import { limitOf } from '../../support/limit-of';
import { permits } from '../../../simulator/scenario/definitions';

const window = { windowMs: 1000, capacity: 1000 };
const counting = (key: string, ...counts: [string, number][]): LimitDefinition => ({
  ...limitOf('SlidingWindow', window, key),
  counts,
});
const tpm = counting('tpm', ['tokens', 1]);
const tpd = counting('tpd', ['tokens', 1]);
const cost = counting('cost', ['images', 10], ['tokens', 0.5]);
const set = [tpm, permits(3), tpd, cost];

test('a unit that is named once is charged to every limit that counts it, by its weight', () => {
  const { amounts, covers } = planRequest(set, { tokens: 100, images: 2 });
  expect(amounts).toEqual([100, 1, 100, 70]);
  expect(covers).toEqual([true, true, true, true]);
  expect(planRequest(set, { images: 1, connections: 0 }).covers).toEqual([false, false, false, true]);
});

test('a request names units, not the limits that count them', () => {
  expect(() => planRequest(set, { tpm: 1 })).toThrow(
    errorWith({ name: 'UnknownLimitError', key: 'tpm', known: ['tokens', 'connections', 'images'] }),
  );
  expect(() => planRequest(set, { tpm: 1 })).toThrow(/counts tokens. Name those instead/);
  expect(() => planRequest(set, { typo: 1 })).toThrow(/Unknown limit "typo": the set has tokens, connections, images/);
  expect(() => planRequest(set)).toThrow(errorWith({ name: 'RateAmountRequiredError', keys: ['tokens', 'images'] }));
});

test.each([
  [{ tokens: -1 }, { name: 'InvalidAmountError', key: 'tokens' }],
  [{ tokens: NaN }, { name: 'InvalidAmountError', key: 'tokens' }],
  [{ tokens: 1001 }, { name: 'RequestExceedsCapacityError', key: 'tpm' }],
  [{ images: 101 }, { name: 'RequestExceedsCapacityError', key: 'cost', amount: 1010 }],
  [
    { images: 60, tokens: 1000 },
    { name: 'RequestExceedsCapacityError', key: 'cost', amount: 1100 },
  ],
  [{ images: Number.MAX_VALUE }, { name: 'RequestExceedsCapacityError', key: 'cost' }],
])('%j is refused, by name', (requested, error) => {
  expect(() => planRequest(set, requested)).toThrow(errorWith(error));
});

test('usage is reported by unit, and settles every limit that counts it', () => {
  const request = planRequest(set, { tokens: 100, images: 2 });
  expect(missingUsage(set, request, [])).toEqual(['images', 'tokens']);
  const partly = mergeUsage(set, request, [], { tokens: 300 });
  expect(missingUsage(set, request, partly)).toEqual(['images']);
  expect(usedOf(set, request, partly)).toEqual([300, 1, 300, 170]);
  expect(usedOf(set, request, nothingUsed(set, request, []))).toEqual([0, 1, 0, 0]);
  expect(() => mergeUsage(set, request, [], { tpd: 1 })).toThrow(errorWith({ name: 'UnknownLimitError', key: 'tpd' }));
  expect(() => mergeUsage(set, planRequest(set, { images: 1 }), [], { tokens: 1 })).toThrow(
    errorWith({ name: 'UnknownLimitError', known: ['connections', 'images'] }),
  );
});

test('a limit that rejects overage looks at what its units come to together', () => {
  const strict = [{ ...cost, overage: 'reject' as const } as LimitDefinition];
  const request = planRequest(strict, { tokens: 100, images: 2 });
  expect(() => mergeUsage(strict, request, [], { tokens: 141 })).toThrow(
    errorWith({ name: 'UsageExceedsRequestedError', key: 'cost', usage: 90.5, requested: 70 }),
  );
  expect(usedOf(strict, request, mergeUsage(strict, request, [], { tokens: 120, images: 1 }))).toEqual([70]);
});

test('a request that waits is charged to whatever a newer definition counts', () => {
  const tokens = limitOf('SlidingWindow', window, 'tokens');
  const before = planRequest([tokens, permits(3)], { tokens: 40 });
  expect(adaptRequest(before, [tokens, permits(3)], set).amounts).toEqual([40, 1, 40, 20]);
  const back = planRequest(set, { tokens: 40, images: 1 });
  expect(adaptRequest(back, set, [tokens, permits(3)])).toEqual({ amounts: [40, 1], covers: [true, true] });
});

test('one limit alone is asked for in what it counts', () => {
  expect(requestOne(set, 'cost', 5).amounts).toEqual([0, 0, 0, 5]);
  expect(() => requestOne(set, 'cost', 1001)).toThrow(errorWith({ name: 'RequestExceedsCapacityError', key: 'cost' }));
  expect(() => requestOne(set, 'tokens', 1)).toThrow(errorWith({ name: 'UnknownLimitError' }));
});

test('what is above a capacity, or a request, by rounding alone is not above it', () => {
  const plain = { ...limitOf('SlidingWindow', { windowMs: 1000, capacity: 0.3 }, 'usd'), overage: 'reject' as const };
  const limits: LimitDefinition[] = [{ ...plain, counts: [['images', 0.1]] }];
  const request = planRequest(limits, { images: 3 });
  expect(request.amounts).toEqual([0.3]);
  expect(mergeUsage(limits, request, [], { images: 3 })).toEqual([3]);
  expect(planRequest([plain], { usd: 0.1 * 3 }).amounts).toEqual([0.3]);
  expect(() => planRequest(limits, { images: 3.001 })).toThrow(
    errorWith({ name: 'RequestExceedsCapacityError', key: 'usd' }),
  );
});
