import {
  defineLimits,
  describeDefinition,
  sameDefinition,
  type LimitDefinition,
  type SetDefinition,
} from '../../../src/limiter/definition/definition';
import { definitionFault, plainDefinition } from '../../../src/limiter/definition/definition-check';
import { CallLimit, RateLimit, ResourceLimit, type RateLimitOptions } from '../../../src/limiter/definition/limits';
import { errorWith } from '../../support/error-with';

const tokens: RateLimitOptions = { key: 'tokens', windowSeconds: 0.1, capacity: 0.5, algorithm: 'GCRA' };
const limits = [
  new CallLimit({ windowSeconds: 60, capacity: 500 }),
  new RateLimit(tokens),
  new ResourceLimit({ key: 'connections', capacity: 20 }),
];
const timing = { leaseMs: 30_000, horizonMs: 500, guardMs: 50 };

function define(change: Partial<SetDefinition> = {}): SetDefinition {
  return { version: 1, limits: defineLimits(limits, 'SlidingWindow'), timing, ...change };
}

test('leaves nothing open', () => {
  expect(defineLimits(limits, 'LeakyBucket')).toEqual([
    { kind: 'call', key: 'call_count', capacity: 500, windowMs: 60_000, algorithm: 'LeakyBucket', overage: 'reject' },
    { kind: 'rate', key: 'tokens', capacity: 0.5, windowMs: 100, algorithm: 'GCRA', overage: 'charge' },
    { kind: 'resource', key: 'connections', capacity: 20 },
  ]);
  expect(defineLimits([], 'GCRA')).toEqual([]);
});

test.each([
  [1e-6, 0.001],
  [1 / 3, 333.333],
  [0.1 + 0.2, 300],
  [86_400, 86_400_000],
])('takes %d s as %d ms, to the microsecond', (windowSeconds, windowMs) => {
  expect(defineLimits([new CallLimit({ windowSeconds, capacity: 1 })], 'GCRA')).toMatchObject([{ windowMs }]);
});

test.each(['tokens', '__proto__', 'constructor'])('refuses two limits of the key %s', (key) => {
  const twice = [new RateLimit({ key, windowSeconds: 1, capacity: 1 }), new ResourceLimit({ key, capacity: 1 })];
  expect(() => defineLimits(twice, 'GCRA')).toThrow(errorWith({ name: 'DuplicateLimitError', key }));
  expect(defineLimits(twice.slice(1), 'GCRA')).toMatchObject([{ key }]);
});

test('says the same of counts in any order, and of an option that names its default', () => {
  const rateOf = (options: Partial<RateLimitOptions>) =>
    define({
      limits: defineLimits(
        [new RateLimit({ key: 'all', windowSeconds: 1, capacity: 1, algorithm: 'GCRA', ...options })],
        'GCRA',
      ),
    });
  const counted = rateOf({ counts: ['b', 'a'] });
  expect(counted.limits).toMatchObject([{ counts: [['a', 1], ['b', 1]] }]); // prettier-ignore
  expect(sameDefinition(counted, rateOf({ counts: { a: 1, b: 1 } }))).toBe(true);
  expect(sameDefinition(rateOf({ unused: 'returned' }), rateOf({}))).toBe(true);
  expect(sameDefinition(plainDefinition(counted), counted)).toBe(true);
});

test.each([
  [new CallLimit({ windowSeconds: 1, capacity: 1 }), 'call_count'],
  [new ResourceLimit({ key: 'slots', capacity: 1 }), 'slots'],
])('refuses a unit that is the key of another kind of limit', (other, unit) => {
  const counting = new RateLimit({ key: 'all', windowSeconds: 1, capacity: 1, counts: ['tokens', unit] });
  expect(() => defineLimits([other, counting], 'GCRA')).toThrow(errorWith({ name: 'InvalidLimitError' }));
  const defined = [...defineLimits([other], 'GCRA'), ...defineLimits([counting], 'GCRA')];
  expect(definitionFault(define({ limits: defined }))).toBe('counts');
});

test.each(
  [
    [],
    'tokens',
    [
      ['b', 1],
      ['a', 1],
    ],
    [
      ['a', 1],
      ['a', 1],
    ],
    [['a', 0]],
    [['a', NaN]],
    [['', 1]],
    [['a']],
    [[1, 1]],
  ].map((counts) => [counts]),
)('refuses counts from elsewhere that are no weighted units in order: %j', (counts) => {
  const [limit] = defineLimits([new RateLimit({ key: 'all', windowSeconds: 1, capacity: 1 })], 'GCRA');
  const hostile = { ...limit, counts } as unknown as LimitDefinition;
  expect(definitionFault(define({ limits: [hostile] }))).toBe('counts');
});

test('is the same after JSON, under another version, and with its fields in another order', () => {
  expect(sameDefinition(define(), JSON.parse(JSON.stringify(define())) as SetDefinition)).toBe(true);
  expect(sameDefinition(define(), define({ version: 2 }))).toBe(true);
  const { guardMs, horizonMs, leaseMs } = timing;
  expect(sameDefinition(define(), define({ timing: { guardMs, horizonMs, leaseMs } }))).toBe(true);
});

test('differs by every option, by the timing, and by the order that amounts rely on', () => {
  const [call, rate, resource] = limits as [CallLimit, RateLimit, ResourceLimit];
  const others = [
    [rate, call, resource],
    [call, rate],
    [new CallLimit({ windowSeconds: 61, capacity: 500 }), rate, resource],
    [new CallLimit({ windowSeconds: 60, capacity: 501 }), rate, resource],
    [new CallLimit({ windowSeconds: 60, capacity: 500, algorithm: 'GCRA' }), rate, resource],
    ...[
      { overage: 'reject' as const },
      { unused: 'kept' as const },
      { counts: ['input'] },
      { counts: ['input', 'output'] },
      { counts: { input: 1, output: 2 } },
    ].map((change) => [call, new RateLimit({ ...tokens, ...change }), resource]),
    [call, rate, new ResourceLimit({ key: 'connections', capacity: 21 })],
  ].map((changed) => define({ limits: defineLimits(changed, 'SlidingWindow') }));
  others.push(define({ timing: { ...timing, guardMs: 51 } }));
  for (const other of others) {
    expect(sameDefinition(define(), other)).toBe(false);
    expect(describeDefinition(other)).not.toBe(describeDefinition(define()));
  }
});
