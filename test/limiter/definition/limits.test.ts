import {
  CallLimit,
  limitFromJSON,
  RateLimit,
  ResourceLimit,
  type Limit,
  type LimitJSON,
} from '../../../src/limiter/definition/limits';
import { errorWith } from '../../support/error-with';

const rate = { key: 'tokens', windowSeconds: 60, capacity: 1000 };

/** What untyped callers may hand in. */
function hostile(options: unknown): never {
  return options as never;
}

test('a call limit is called call_count unless it has a key', () => {
  expect(new CallLimit({ windowSeconds: 1, capacity: 1 }).key).toBe('call_count');
  expect(new CallLimit({ key: 'images', windowSeconds: 1, capacity: 1 }).key).toBe('images');
});

test('a rate limit charges overage unless it is to be rejected', () => {
  expect(new RateLimit(rate).overage).toBe('charge');
  expect(new RateLimit({ ...rate, overage: 'reject' }).overage).toBe('reject');
});

test.each<[string, Limit]>([
  ['rate', new RateLimit({ ...rate, algorithm: 'GCRA', overage: 'charge' })],
  ['rate without options', new RateLimit(rate)],
  ['call', new CallLimit({ windowSeconds: 0.25, capacity: 2.5, algorithm: 'FixedWindow' })],
  ['resource', new ResourceLimit({ key: '__proto__', capacity: 3 })],
])('a %s limit is the same after JSON', (_kind, limit) => {
  expect(limitFromJSON(JSON.parse(JSON.stringify(limit)) as LimitJSON)).toEqual(limit);
});

test.each(['bucket', '', 'constructor', '__proto__', undefined, null, 1])('there is no kind %p', (kind) => {
  expect(() => limitFromJSON(hostile({ ...rate, kind }))).toThrow(
    errorWith({ name: 'InvalidLimitError', option: 'kind' }),
  );
});

const NO_NUMBERS = [NaN, Infinity, -Infinity, 0, -0, -1, '60', '', null, undefined, true, [60], {}, 60n];

test.each(NO_NUMBERS)('neither a window nor a capacity is %p', (value) => {
  for (const option of ['windowSeconds', 'capacity']) {
    const wrong = errorWith({ name: 'InvalidLimitError', option });
    expect(() => new RateLimit(hostile({ ...rate, [option]: value }))).toThrow(wrong);
    expect(() => new CallLimit(hostile({ ...rate, [option]: value }))).toThrow(wrong);
  }
  expect(() => new ResourceLimit(hostile({ key: 'connections', capacity: value }))).toThrow(/capacity/);
});

test.each([1e-7, 4.9e-7, Number.MIN_VALUE, 1e300, Number.MAX_VALUE])('%d s is no window', (windowSeconds) => {
  expect(() => new RateLimit({ ...rate, windowSeconds })).toThrow(/windowSeconds/);
});

test.each([0.5, 1.5, 2 ** 53])('there are not %d permits', (capacity) => {
  expect(() => new ResourceLimit({ key: 'connections', capacity })).toThrow(/whole/);
});

test.each([null, undefined, 5, [], new Map(), 'rate'])('a limit is not made from %p', (options) => {
  const wrong = errorWith({ name: 'InvalidLimitError', option: 'options' });
  const kinds: readonly (new (given: never) => unknown)[] = [RateLimit, CallLimit, ResourceLimit];
  for (const Kind of kinds) expect(() => new Kind(hostile(options))).toThrow(wrong);
  expect(() => limitFromJSON(hostile(options))).toThrow(errorWith({ name: 'InvalidLimitError' }));
});

test('an option that the kind does not have is refused, naming the one that was meant', () => {
  const options = { windowSeconds: 1, capacity: 1 };
  expect(() => new CallLimit(hostile({ ...options, algoritm: 'GCRA' }))).toThrow('did you mean algorithm?');
  expect(() => new CallLimit(hostile({ ...options, overage: 'charge' }))).toThrow(/^Invalid overage: no option of/);
  expect(() => limitFromJSON(hostile({ kind: 'resource', key: 'r', capacity: 1, windowSeconds: 1 }))).toThrow(
    errorWith({ option: 'windowSeconds' }),
  );
  expect(() => new CallLimit(hostile({ ...options, kind: 'rate' }))).toThrow(errorWith({ option: 'kind' }));
});

test('a limit can be made from another, with something left out', () => {
  const limit = new CallLimit({ windowSeconds: 1, capacity: 1 });
  expect(new CallLimit(Object.assign({}, limit, { capacity: 5 })).capacity).toBe(5);
  expect(new CallLimit(hostile(Object.assign({ overage: undefined }, limit)))).toEqual(limit);
});

test('what is no object of this realm may be plain all the same', () => {
  const options = Object.assign(Object.create(null) as object, { key: 'r', capacity: 1 });
  expect(new ResourceLimit(hostile(options)).key).toBe('r');
});

test.each(['', 'x'.repeat(257), 1, null, undefined, {}, Symbol('tokens')])('a key is not %p', (key) => {
  expect(() => new RateLimit(hostile({ ...rate, key }))).toThrow(/key/);
  expect(() => new ResourceLimit(hostile({ key, capacity: 1 }))).toThrow(/key/);
});

test.each(['constructor', '__proto__', 'hasOwnProperty', 'Tokenbucket', '', null, 1])(
  'there is no algorithm %p',
  (algorithm) => {
    expect(() => new RateLimit(hostile({ ...rate, algorithm }))).toThrow(/TokenBucket, LeakyBucket/);
    expect(() => new CallLimit(hostile({ ...rate, algorithm }))).toThrow(/algorithm/);
  },
);

test.each([
  [{ algorithm: 'tokenbucket' }, 'got "tokenbucket"; did you mean TokenBucket?'],
  [{ overage: 'chrage' }, 'expected one of charge, reject, got "chrage"; did you mean charge?'],
])('a slip of the keyboard is told what it was to be: %j', (slip, message) => {
  expect(() => new RateLimit(hostile({ ...rate, ...slip }))).toThrow(message);
});

test.each(['ignore', 'error', '', 1, true])('there is no overage %p', (overage) => {
  expect(() => new RateLimit(hostile({ ...rate, overage }))).toThrow(/overage/);
});

describe('the range of an adaptive limit', () => {
  const limit = { key: 'connections', capacity: 10 };

  it('is kept, and survives JSON', () => {
    const adaptive = { min: 4, max: 200 };
    const made = new ResourceLimit({ ...limit, adaptive });
    expect(made.adaptive).toEqual(adaptive);
    expect(limitFromJSON(JSON.parse(JSON.stringify(made)) as LimitJSON)).toEqual(made);
    expect(new CallLimit({ windowSeconds: 1, capacity: 10, adaptive }).adaptive).toEqual(adaptive);
    expect(new RateLimit({ ...rate, adaptive: { min: 0.5, max: 1_000 } }).adaptive).toEqual({ min: 0.5, max: 1_000 });
    expect(new ResourceLimit(limit).adaptive).toBeUndefined();
  });

  it.each<[unknown, string, RegExp]>([
    [{ min: 11, max: 200 }, 'adaptive', /min <= capacity <= max, got min 11, capacity 10, max 200/],
    [{ min: 4, max: 9 }, 'adaptive', /min <= capacity <= max/],
    [{ min: 0, max: 20 }, 'adaptive.min', /above 0/],
    [{ min: 4 }, 'adaptive.max', /above 0/],
    [{ min: 4.5, max: 20 }, 'adaptive.min', /whole/],
  ])('cannot be %j', (adaptive, option, message) => {
    const make = (): unknown => new ResourceLimit(hostile({ ...limit, adaptive }));
    expect(make).toThrow(errorWith({ name: 'InvalidLimitError', option }));
    expect(make).toThrow(message);
  });

  it.each([{ min: 4, max: 20, step: 1 }, 'yes', null])('is %j no range', (adaptive) => {
    expect(() => new ResourceLimit(hostile({ ...limit, adaptive }))).toThrow(/adaptive/);
  });
});

test('a limit follows its provider if it is told so', () => {
  expect(new CallLimit({ windowSeconds: 1, capacity: 1, follow: true }).follow).toBe(true);
  const limit = new RateLimit({ ...rate, follow: false });
  expect(limit).toEqual(new RateLimit(rate));
  const wrong = errorWith({ name: 'InvalidLimitError', option: 'follow' });
  expect(() => new RateLimit(hostile({ ...rate, follow: 'yes' }))).toThrow(wrong);
});
