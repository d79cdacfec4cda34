import { planRequest, type Amounts } from '../../../src/limiter/request/request';
import { errorWith } from '../../support/error-with';
import { limitOf } from '../../support/limit-of';
import { permits } from '../../../simulator/scenario/definitions';

const tokens = limitOf('TokenBucket', { windowMs: 1000, capacity: 100 });
const calls = { ...limitOf('SlidingWindow', { windowMs: 1000, capacity: 5 }, 'call_count'), kind: 'call' as const };
const connections = permits(3);
const set = [calls, tokens, connections];

/** What untyped callers may hand in. */
function hostile(requested: unknown): Amounts {
  return requested as Amounts;
}

describe('what a request takes', () => {
  test.each<[string, Amounts, number[], boolean[]]>([
    ['calls and permits take 1 unless named', { tokens: 30 }, [1, 30, 1], [true, true, true]],
    ['rates are left out unless named', { call_count: 2 }, [2, 0, 1], [true, false, true]],
    ['0 leaves a call or a permit out', { call_count: 0, connections: 0 }, [0, 0, 0], [false, false, false]],
    ['0 of a rate is named all the same', { tokens: 0 }, [1, 0, 1], [true, true, true]],
    ['a rate may be a fraction', { tokens: 0.25 }, [1, 0.25, 1], [true, true, true]],
    [
      'the whole capacity may be asked for',
      { call_count: 5, tokens: 100, connections: 3 },
      [5, 100, 3],
      [true, true, true],
    ],
  ])('%s', (_rule, requested, amounts, covers) => {
    expect(planRequest(set, requested)).toEqual({ amounts, covers });
  });

  test('nothing named of a set with rates is an error that names them', () => {
    expect(() => planRequest(set)).toThrow(errorWith({ name: 'RateAmountRequiredError', keys: ['tokens'] }));
    expect(() => planRequest(set, hostile({ tokens: undefined }))).toThrow(/tokens/);
  });

  test('nothing named of a set without rates takes 1 of each; the empty set takes nothing', () => {
    expect(planRequest([calls, connections]).amounts).toEqual([1, 1]);
    expect(planRequest([])).toEqual({ amounts: [], covers: [] });
  });

  test('-0 is 0', () => {
    const { amounts, covers } = planRequest(set, { tokens: 1, connections: -0 });
    expect(amounts[2] === 0).toBe(true);
    expect(covers[2]).toBe(false);
  });
});

describe('what is refused at once', () => {
  test.each([NaN, Infinity, -Infinity, -1, -1e-12, '1', '', null, true, [1], {}, 1n, Symbol('1'), () => 1])(
    'an amount that is none: %p',
    (amount) => {
      for (const key of ['tokens', 'call_count', 'connections']) {
        expect(() => planRequest(set, hostile({ tokens: 1, [key]: amount }))).toThrow(
          errorWith({ name: 'InvalidAmountError', key, amount }),
        );
      }
    },
  );

  test.each(['call_count', 'connections'])('a fraction of %s', (key) => {
    expect(() => planRequest(set, { [key]: 1.5 })).toThrow(errorWith({ name: 'InvalidAmountError', key }));
  });

  test.each([
    ['tokens', 100.0001],
    ['tokens', Number.MAX_VALUE],
    ['call_count', 6],
    ['connections', Number.MAX_SAFE_INTEGER],
  ])('more of %s than there ever is: %d', (key, amount) => {
    expect(() => planRequest(set, { [key]: amount })).toThrow(
      errorWith({ name: 'RequestExceedsCapacityError', key, amount }),
    );
  });

  test.each(['tokenz', '', '__proto__', 'constructor', 'hasOwnProperty', 'toString', '0'])(
    'a limit that is none: %p',
    (key) => {
      const requested = JSON.parse(`{"tokens":1,${JSON.stringify(key)}:1}`) as Amounts;
      expect(() => planRequest(set, requested)).toThrow(
        errorWith({ name: 'UnknownLimitError', key, known: ['call_count', 'tokens', 'connections'] }),
      );
    },
  );
});

test.each(['__proto__', 'constructor', 'hasOwnProperty'])('a limit may be called %s', (key) => {
  const strange = [limitOf('GCRA', { windowMs: 1000, capacity: 9 }, key), calls];
  expect(planRequest(strange, JSON.parse(`{${JSON.stringify(key)}:7}`) as Amounts).amounts).toEqual([7, 1]);
  expect(planRequest(strange, { call_count: 1 }).covers).toEqual([false, true]);
});

test('what an object inherits is not requested', () => {
  expect(
    planRequest(
      set,
      Object.create({ tokens: 50, connections: 3 }, { tokens: { value: 2, enumerable: true } }) as Amounts,
    ).amounts,
  ).toEqual([1, 2, 1]);
});
