import { planRequest, type Amounts } from '../../../src/limiter/request/request';
import { mergeUsage, missingUsage } from '../../../src/limiter/request/usage';
import { errorWith } from '../../support/error-with';
import { limitOf } from '../../support/limit-of';
import { permits } from '../../../simulator/scenario/definitions';

const window = { windowMs: 1000, capacity: 100 };
const input = { ...limitOf('TokenBucket', window, 'input'), overage: 'reject' as const };
const output = limitOf('GCRA', window, 'output');
const calls = { ...limitOf('SlidingWindow', window, 'call_count'), kind: 'call' as const };
const set = [output, calls, input, permits(3)];
const request = planRequest(set, { input: 10, output: 20, call_count: 2 });

/** What untyped callers may hand in. */
function hostile(usage: unknown): Amounts {
  return usage as Amounts;
}

test('is missing of every rate that was named, in order, and of nothing else', () => {
  expect(missingUsage(set, request, [])).toEqual(['input', 'output']);
  expect(missingUsage(set, planRequest(set, { input: 0 }), [])).toEqual(['input']);
  expect(missingUsage(set, planRequest(set, { call_count: 1 }), [])).toEqual([]);
});

test('may be told bit by bit; the latest word on a limit counts', () => {
  const first = mergeUsage(set, request, [], { input: 7 });
  expect(missingUsage(set, request, first)).toEqual(['output']);
  const second = mergeUsage(set, request, first, { input: 3, output: 0 });
  expect([...second.slice(0, 3)]).toEqual([0, undefined, 3]);
  expect(missingUsage(set, request, second)).toEqual([]);
});

test('changes nothing if any of it is wrong', () => {
  const before = mergeUsage(set, request, [], { input: 7 });
  expect(() => mergeUsage(set, request, before, { input: 1, output: NaN })).toThrow(/output/);
  expect(before[2]).toBe(7);
});

test('above the request is an error, or a debt where the limit says so', () => {
  expect(() => mergeUsage(set, request, [], { input: 10.5 })).toThrow(
    errorWith({ name: 'UsageExceedsRequestedError', key: 'input', usage: 10.5, requested: 10 }),
  );
  expect(mergeUsage(set, request, [], { output: 500 })[0]).toBe(500);
});

test('of calls is what was taken', () => {
  expect(mergeUsage(set, request, [], { call_count: 2 })[1]).toBe(2);
  for (const usage of [0, 1, 3]) {
    expect(() => mergeUsage(set, request, [], { call_count: usage })).toThrow(
      errorWith({ name: 'InvalidUsageError', key: 'call_count' }),
    );
  }
});

test.each([NaN, Infinity, -Infinity, -1, '1', null, undefined, true, [1], {}, 1n, Symbol('1')])(
  'is never %p',
  (usage) => {
    for (const key of ['input', 'output', 'call_count', 'connections']) {
      expect(() => mergeUsage(set, request, [], hostile({ [key]: usage }))).toThrow(
        errorWith({ name: 'InvalidUsageError', key, usage }),
      );
    }
  },
);

test.each(['tokens', '', '__proto__', 'constructor', 'hasOwnProperty', '0'])(
  'of an unknown limit %p is an error',
  (key) => {
    const usage = JSON.parse(`{${JSON.stringify(key)}:1}`) as Amounts;
    expect(() => mergeUsage(set, request, [], usage)).toThrow(errorWith({ name: 'UnknownLimitError', key }));
  },
);

test('of a limit that was left out is an error that names those taken', () => {
  const partly = planRequest(set, { input: 1, connections: 0 });
  for (const key of ['output', 'connections']) {
    expect(() => mergeUsage(set, partly, [], { [key]: 0 })).toThrow(
      errorWith({ name: 'UnknownLimitError', key, known: ['call_count', 'input'] }),
    );
  }
});
