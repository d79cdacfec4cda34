import { rowOf, stateOf } from '../../../src/batch/dashboard/set-row';
import { inspectedLimit, inspectionOf } from '../../support/fake-limits-admin';

const pause = { by: 'ann', reason: '', at: 0 };
const provider = { answered: 0, throttled: 0, failed: 0, ignored: 0, seen: [] };

test.each([
  ['serving', {}],
  ['waiting', { waiting: 1 }],
  ['provider', { waiting: 1, provider: { ...provider, state: 'PAUSED' as const } }],
  ['circuit', { provider: { ...provider, state: 'CIRCUIT' as const } }],
  [
    'paused',
    { control: { revision: 1, capacity: {}, log: [], pause }, provider: { ...provider, state: 'CIRCUIT' as const } },
  ],
])('a set is %s', (state, given) => {
  expect(stateOf(inspectionOf('a', given))).toBe(state);
});

test('a row names the limit of which the largest share is used, granted units too', () => {
  const limits = [
    inspectedLimit('call', { started: 40 }),
    inspectedLimit('tokens', { capacity: 1_000, started: 300, granted: 200 }),
  ];
  expect(rowOf(inspectionOf('a', { limits })).busiest).toEqual({ key: 'tokens', share: 0.5 });
});

test('what is granted ahead makes no limit more than full, what has started does', () => {
  const share = (started: number, granted: number) =>
    rowOf(inspectionOf('a', { limits: [inspectedLimit('call', { started, granted })] })).busiest?.share;
  expect([share(90, 30), share(100, 30), share(120, 0)]).toEqual([1, 1, 1.2]);
});

test('a limit of capacity 0 is used up once something has started', () => {
  const none = inspectedLimit('call', { capacity: 0 });
  expect(rowOf(inspectionOf('a', { limits: [none] })).busiest).toEqual({ key: 'call', share: 0 });
  expect(rowOf(inspectionOf('a', { limits: [{ ...none, started: 1 }] })).busiest).toEqual({ key: 'call', share: 1 });
});

test('a row says where a capacity comes from if some does not come from the code', () => {
  const limits = [inspectedLimit('call'), inspectedLimit('tokens', { source: 'adaptive' })];
  expect(rowOf(inspectionOf('a', { limits })).source).toBe('adaptive');
  expect(
    rowOf(inspectionOf('a', { limits: [...limits, inspectedLimit('images', { source: 'operator' })] })).source,
  ).toBe('operator');
});

test('a row says for how long the oldest has waited, by the clock of the limiter', () => {
  expect(rowOf(inspectionOf('a', { at: 5_000, waiting: 2, waitingSince: 3_500 }))).toMatchObject({
    waiting: 2,
    waitingMs: 1_500,
  });
  expect(rowOf(inspectionOf('a')).waitingMs).toBeUndefined();
});
