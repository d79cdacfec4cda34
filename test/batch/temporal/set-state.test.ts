import { fullestOf, stateName, stateOf } from '../../../src/batch/temporal/set-state';
import { inspectedLimit, inspectionOf } from '../../support/fake-limits-admin';

const pause = { by: 'ann', reason: '', at: 0 };
const provider = { answered: 0, throttled: 0, failed: 0, ignored: 0, seen: [] };

test.each([
  ['serving', {}],
  ['waiting', { waiting: 1 }],
  ['throttled', { waiting: 1, provider: { ...provider, state: 'PAUSED' as const } }],
  ['circuit open', { provider: { ...provider, state: 'CIRCUIT' as const } }],
  [
    'paused',
    { control: { revision: 1, capacity: {}, log: [], pause }, provider: { ...provider, state: 'CIRCUIT' as const } },
  ],
])('a set is %s', (state, given) => {
  expect(stateName(stateOf(inspectionOf('a', given)))).toBe(state);
});

test('the fullest limit is the one of which the largest share is taken, granted units too', () => {
  const limits = [
    inspectedLimit('call', { started: 40 }),
    inspectedLimit('tokens', { capacity: 1_000, started: 300, granted: 200 }),
  ];
  expect(fullestOf(limits)).toEqual({ limit: 'tokens', taken: 0.5 });
  expect(fullestOf([])).toBeUndefined();
});

test('what is granted ahead makes no limit more than full, what has started does', () => {
  const taken = (started: number, granted: number) => fullestOf([inspectedLimit('call', { started, granted })])?.taken;
  expect([taken(90, 30), taken(100, 30), taken(120, 0)]).toEqual([1, 1, 1.2]);
});

test('of a limit of capacity 0 nothing is free', () => {
  expect(fullestOf([inspectedLimit('call', { capacity: 0 })])).toEqual({ limit: 'call', taken: 1 });
});
