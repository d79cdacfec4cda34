import { busiestByMinute, lastHourOf } from '../../../src/batch/dashboard/last-hour';
import { inspectedLimit } from '../../support/fake-limits-admin';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** In the middle of a minute. */
const at = 1_000 * HOUR + MINUTE / 2;

const record = (minutesAgo: number, used: Readonly<Record<string, number>>) => ({
  at: 1_000 * HOUR - minutesAgo * MINUTE,
  used,
  waiting: 3,
  longestWaitMs: 200,
  throttled: 1,
});

test('the last hour has the 60 whole minutes before now, and zeros where nothing was', () => {
  const hour = lastHourOf({
    at,
    limits: [inspectedLimit('call')],
    history: [record(60, {}), record(2, { call: 50 }), record(0, { call: 99 })],
  });
  expect(hour.at).toHaveLength(60);
  expect([hour.at[0], hour.at.at(-1)]).toEqual([999 * HOUR, 1_000 * HOUR - MINUTE]);
  expect(hour.shares[0]?.values.slice(-3)).toEqual([0, 0.5, 0]);
  expect(hour.waiting.filter((value) => value > 0)).toEqual([3, 3]);
  expect(hour.throttled.at(-2)).toBe(1);
  expect(hour.longestWaitMs.at(-2)).toBe(200);
});

test.each([
  ['a window of ten seconds fits a minute six times', { windowMs: 10_000 }, [0, 300], 0.5],
  ['a window of three minutes reaches back over three', { windowMs: 3 * MINUTE }, [60, 30], 0.9],
  ['permits have no window', { windowMs: undefined as unknown as number, kind: 'resource' as const }, [80, 20], 0.2],
])('%s', (_, given, [before, last], share) => {
  const history = [record(2, { call: before! }), record(1, { call: last! })];
  const hour = lastHourOf({ at, limits: [inspectedLimit('call', given)], history });
  expect(hour.shares[0]?.values.at(-1)).toBeCloseTo(share);
});

test('a limit of a day is left out: an hour says nothing of it', () => {
  const limits = [inspectedLimit('call'), inspectedLimit('daily', { windowMs: 24 * HOUR })];
  expect(lastHourOf({ at, limits, history: [] }).shares.map(({ key }) => key)).toEqual(['call']);
});

test('a limit of capacity 0 was used up where something started', () => {
  const hour = lastHourOf({ at, limits: [inspectedLimit('call', { capacity: 0 })], history: [record(1, { call: 2 })] });
  expect(hour.shares[0]?.values.slice(-2)).toEqual([0, 1]);
});

test('the busiest limit of each minute counts', () => {
  const limits = [inspectedLimit('call'), inspectedLimit('tokens')];
  const hour = lastHourOf({
    at,
    limits,
    history: [record(2, { call: 50, tokens: 20 }), record(1, { call: 10, tokens: 90 })],
  });
  expect(busiestByMinute(hour).slice(-2)).toEqual([0.5, 0.9]);
});
